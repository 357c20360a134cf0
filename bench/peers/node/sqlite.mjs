// Everything in a file. A message is on the disk when it is acknowledged, as with Beseda's `--durability full`.

import Database from "better-sqlite3";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS people (token TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS rooms (id TEXT PRIMARY KEY, name TEXT NOT NULL, max_users INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS members (room TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (room, person)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS messages (
    room TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, author TEXT NOT NULL, client_id TEXT NOT NULL,
    text TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (room, seq), UNIQUE (author, client_id)
  ) WITHOUT ROWID;
`;

export class Sqlite {
  #db;
  #asked;
  #people = new Map();

  constructor(file) {
    this.#db = new Database(file);
    this.#db.pragma("journal_mode = WAL");
    this.#db.pragma("synchronous = FULL");
    this.#db.exec(SCHEMA);
    const ask = (sql) => this.#db.prepare(sql);
    this.#asked = {
      addPerson: ask("INSERT INTO people (token, id, person) VALUES (?, ?, ?)"),
      person: ask("SELECT person FROM people WHERE token = ?"),
      author: ask("SELECT person FROM people WHERE id = ?"),
      addRoom: ask("INSERT INTO rooms (id, name, max_users) VALUES (?, ?, ?)"),
      room: ask("SELECT id, name, max_users AS maxUsers FROM rooms WHERE id = ?"),
      enter: ask("INSERT OR IGNORE INTO members (room, person) VALUES (?, ?)"),
      isMember: ask("SELECT 1 FROM members WHERE room = ? AND person = ?"),
      said: ask("SELECT * FROM messages WHERE author = ? AND client_id = ?"),
      rev: ask("SELECT coalesce(max(seq), 0) AS rev FROM messages WHERE room = ?"),
      say: ask("INSERT INTO messages (room, seq, id, author, client_id, text, at) VALUES (?, ?, ?, ?, ?, ?, ?)"),
      since: ask("SELECT * FROM messages WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?"),
    };
    this.say = this.#db.transaction((message) => this.#say(message)).immediate;
  }

  addPerson(person, token) {
    this.#asked.addPerson.run(token, person.id, JSON.stringify(person));
  }

  person(token) {
    const row = this.#asked.person.get(token);
    return row && JSON.parse(row.person);
  }

  addRoom(room) {
    this.#asked.addRoom.run(room.id, room.name, room.maxUsers);
  }

  room(id) {
    return this.#asked.room.get(id);
  }

  enter(room, person) {
    this.#asked.enter.run(room, person.id);
  }

  isMember(room, person) {
    return this.#asked.isMember.get(room, person.id) !== undefined;
  }

  #say(message) {
    const before = this.#asked.said.get(message.user.id, message.clientId);
    if (before) return { message: this.#read(before), again: true };
    const seq = this.rev(message.room) + 1;
    this.#asked.say.run(message.room, seq, message.id, message.user.id, message.clientId, message.text, message.at);
    return { message: { ...message, seq, rev: seq }, again: false };
  }

  #read({ room, seq, id, author, client_id: clientId, text, at }) {
    return { id, room, seq, rev: seq, clientId, user: this.#author(author), kind: "text", text, at };
  }

  #author(id) {
    let person = this.#people.get(id);
    if (!person) {
      person = JSON.parse(this.#asked.author.get(id).person);
      this.#people.set(id, person);
    }
    return person;
  }

  since(room, rev, limit) {
    return this.#asked.since.all(room, rev, limit).map((row) => this.#read(row));
  }

  rev(room) {
    return this.#asked.rev.get(room).rev;
  }
}
