-- KEYS[1]: whose.   ARGV: microseconds from one to the next, how many at once
-- GCRA: what is kept is when the one who asks would have used up all that they were given, had they waited
-- each time. Answers the milliseconds to wait; 0: it is allowed, and counted.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local period = tonumber(ARGV[1])
local due = math.max(tonumber(redis.call('GET', KEYS[1])) or now, now) + period
local early = due - now - period * tonumber(ARGV[2])
if early > 0 then return math.ceil(early / 1000) end
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000))
return 0
