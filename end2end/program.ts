/** Someone without a browser: the API, as a program uses it. */
export class Program {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    readonly id: string,
  ) {}

  /** A guest. */
  static guest(url: string, name: string): Promise<Program> {
    return Program.enter(url, { name });
  }

  /** A new account; the first one owns the house. */
  static account(url: string, name: string, password = "correct horse"): Promise<Program> {
    return Program.enter(url, { name, password, register: true });
  }

  private static async enter(url: string, who: object): Promise<Program> {
    const { token, user } = await ask(url, "POST", "/session", who);
    const program = new Program(url, token, user.id);
    await program.ask("POST", "/rooms/general/join");
    return program;
  }

  ask(method: string, path: string, data?: object): Promise<any> {
    return ask(this.url, method, path, data, this.token);
  }

  /** Answers the message as the server keeps it. */
  async say(text: string, { room = "general", replyTo }: { room?: string; replyTo?: string } = {}): Promise<Said> {
    const { message } = await this.ask("POST", `/rooms/${room}/messages`, { id: crypto.randomUUID(), text, replyTo });
    return message;
  }

  async edit(message: Said, text: string): Promise<void> {
    await this.ask("PATCH", `/rooms/${message.room}/messages/${message.id}`, { text });
  }

  async delete(message: Said): Promise<void> {
    await this.ask("DELETE", `/rooms/${message.room}/messages/${message.id}`);
  }

  async history(room = "general"): Promise<Said[]> {
    return (await this.ask("GET", `/rooms/${room}/messages?limit=100`)).messages;
  }

  /** The slug of a new room. */
  async makeRoom(name: string, more: { topic?: string; private?: boolean } = {}): Promise<string> {
    return (await this.ask("POST", "/rooms", { name, ...more })).room.slug;
  }
}

export interface Said {
  id: string;
  room: string;
  seq: number;
  text: string;
  user: { id: string; name: string; color: number };
}

async function ask(url: string, method: string, path: string, data?: object, token?: string): Promise<any> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: data && JSON.stringify(data),
  });
  const body = await answer.json();
  if (!body.ok) throw new Error(`${method} ${path}: ${JSON.stringify(body.error)}`);
  return body;
}
