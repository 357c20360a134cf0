// Everything in memory: gone when the process is.

export class Memory {
  #people = new Map();
  #rooms = new Map();

  addPerson(person, token) {
    this.#people.set(token, person);
  }

  person(token) {
    return this.#people.get(token);
  }

  addRoom(room) {
    this.#rooms.set(room.id, { ...room, members: new Set(), messages: [], said: new Map() });
  }

  room(id) {
    return this.#rooms.get(id);
  }

  enter(room, person) {
    this.#rooms.get(room).members.add(person.id);
  }

  isMember(room, person) {
    return this.#rooms.get(room)?.members.has(person.id);
  }

  /** The message with its place in the room; the first one when it is said again. */
  say(message) {
    const room = this.#rooms.get(message.room);
    const key = `${message.user.id} ${message.clientId}`;
    const before = room.said.get(key);
    if (before) return { message: before, again: true };
    const seq = room.messages.length + 1;
    const said = { ...message, seq, rev: seq };
    room.messages.push(said);
    room.said.set(key, said);
    return { message: said, again: false };
  }

  since(room, rev, limit) {
    return this.#rooms.get(room).messages.slice(rev, rev + limit);
  }

  rev(room) {
    return this.#rooms.get(room).messages.length;
  }
}
