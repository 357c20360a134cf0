-- KEYS[1]: every node's line, and whose house it is.   ARGV: secret, node, version, lifetime in ms
-- Answers the nodes that live, each with the version of its board; nothing at all to a stranger.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSETNX', KEYS[1], 'secret', ARGV[1])
local secret = redis.call('HGET', KEYS[1], 'secret')
if secret ~= ARGV[1] then return false end
redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f:%s', now, ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
local live = {}
local lines = redis.call('HGETALL', KEYS[1])
for i = 1, #lines, 2 do
  local at, version = string.match(lines[i + 1], '^(%d+):(%d+)$')
  if at and now - tonumber(at) > tonumber(ARGV[4]) then
    redis.call('HDEL', KEYS[1], lines[i])
  elseif at and lines[i] ~= 'secret' then
    live[#live + 1] = lines[i]
    live[#live + 1] = version
  end
end
return live
