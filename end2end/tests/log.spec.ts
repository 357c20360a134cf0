import { expect, Program, type Said, test } from "../fixtures.ts";
import { backdate, hasRead, open, sayAll, texts } from "../helpers.ts";

test("messages of one author within five minutes share a header", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const vera = await Program.guest(server.url, "Vera");
  const [one, two, three] = await sayAll(boris, ["one", "two", "three"]);
  const four = await vera.say("four");
  const five = await boris.say("five");
  const times = ["12:00:00", "12:05:00", "12:10:01", "12:10:02", "12:10:03"];
  const said = [one!, two!, three!, four, five];
  await backdate(server, said.map((message, index) => [message, `2026-03-10T${times[index]}Z`]));
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const first = anna.page.locator(".message.first");
  await expect(first.locator(".body")).toHaveText(["one", "three", "four", "five"]);
  await expect(first.locator(".name")).toHaveText(["Boris", "Boris", "Vera", "Boris"]);
  await expect(anna.row("two").locator(".name")).toHaveCount(0);

  // Those that arrive, too.
  await anna.say("my own");
  await anna.say("and another");
  await expect(anna.said).toHaveCount(7);
  await expect(anna.row("my own")).toHaveClass(/\bfirst\b/);
  await expect(anna.row("and another")).not.toHaveClass(/\bfirst\b/);
});

test("a day begins where the reader's day begins", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const [late, later] = await sayAll(boris, ["late", "later"]);
  await backdate(server, [
    [late!, "2026-03-10T22:30:00Z"],
    [later!, "2026-03-10T23:30:00Z"],
  ]);
  const days = async (timezoneId: string) => {
    const reader = await (await person({ timezoneId })).signIn(`In ${timezoneId.slice(0, 12)}`);
    await reader.isLive();
    return reader;
  };
  const berlin = await days("Europe/Berlin");
  await expect(berlin.page.locator(".day")).toHaveText(["Tuesday, 10 March 2026", "Wednesday, 11 March 2026"]);
  await expect(berlin.row("later")).toHaveClass(/\bfirst\b/);
  const york = await days("America/New_York");
  await expect(york.page.locator(".day")).toHaveText(["Tuesday, 10 March 2026"]);
  const tokyo = await days("Asia/Tokyo");
  await expect(tokyo.page.locator(".day")).toHaveText(["Wednesday, 11 March 2026"]);

  // The server knows the zone by now, so the page is right before any script runs.
  const html = await (await berlin.page.request.get("/room/general")).text();
  expect(html).toContain("Wednesday, 11 March 2026");
  expect(html).toMatch(/<time[^>]*datetime="2026-03-10T23:30:00Z"[^>]*>00:30</);
});

test("a time is precise for programs, short for the eye, and whole when one points at it", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const said = await boris.say("hello");
  await backdate(server, [[said, "2026-07-10T22:30:05Z"]]);
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const time = anna.row("hello").locator("time");
  await expect(time).toHaveText("00:30");
  await expect(time).toHaveAttribute("datetime", "2026-07-10T22:30:05Z");
  await expect(time).toHaveAttribute("title", "Saturday, 11 July 2026, 00:30");
});

test("today becomes yesterday at midnight", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const said = await boris.say("hello");
  await backdate(server, [[said, "2026-03-10T12:00:00Z"]]);
  const anna = await person();
  await anna.page.clock.setFixedTime("2026-03-10T22:59:00Z");
  await anna.signIn("Anna");
  const day = anna.page.locator(".day").first();
  await expect(day).toHaveText("Today");
  await anna.page.clock.setFixedTime("2026-03-10T23:00:01Z");
  await expect(day).toHaveText("Yesterday");
  await anna.page.clock.setFixedTime("2026-03-11T23:00:01Z");
  await expect(day).toHaveText("Tuesday, 10 March 2026");
});

test("what one hasn't read begins at a line, which stays until one leaves", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await boris.say("old");
  await expect(anna.said).toHaveText(["old"]);
  await hasRead(anna, "general");
  await anna.page.goto("about:blank");
  await sayAll(boris, ["one", "two"]);

  await open(anna);
  const rows = anna.page.locator(".log > :is(.new, .message)");
  await expect(anna.said).toHaveText(["old", "one", "two"]);
  await expect(rows.nth(1)).toHaveText("New");
  await expect(anna.row("one")).toHaveClass(/\bfirst\b/);
  await boris.say("three");
  await anna.say("mine");
  await expect(anna.said).toHaveCount(5);
  await expect(anna.page.locator(".new")).toHaveCount(1);
  await expect(rows.nth(1)).toHaveText("New");

  await boris.makeRoom("Elsewhere");
  await anna.roomLink("Elsewhere").click();
  await expect(anna.page).toHaveURL(/\/room\/elsewhere$/);
  await anna.roomLink("general").click();
  await expect(anna.said).toHaveCount(5);
  await expect(anna.page.locator(".new")).toHaveCount(0);

  // And in another room, while the page stays open.
  await hasRead(anna, "general");
  await anna.roomLink("Elsewhere").click();
  await expect(anna.said).toHaveCount(0);
  await sayAll(boris, ["while", "away"]);
  await expect(anna.roomLink("general").locator(".n")).toHaveText("2");
  await anna.roomLink("general").click();
  await expect(anna.said).toHaveCount(7);
  await expect(anna.page.locator(".new + .message .body")).toHaveText("while");
});

test("who comes and goes is told in one quiet line", async ({ person, server }) => {
  const anna = await (await person()).signIn("Anna");
  const [boris, clara, david, elena, fatima] = await Promise.all(
    ["Boris", "Clara", "David", "Elena", "Fatima"].map((name) => Program.guest(server.url, name)),
  );
  const room = await boris!.makeRoom("Garden");
  await open(anna, `/room/${room}`);
  const notes = anna.page.locator("li.note");
  const enter = (program: Program) => program.ask("POST", `/rooms/${room}/join`, {});
  const leave = (program: Program) => program.ask("POST", `/rooms/${room}/leave`, {});
  await enter(clara!);
  await expect(notes).toHaveText(["Clara joined"]);
  await enter(david!);
  await expect(notes).toHaveText(["Clara and David joined"]);
  await enter(elena!);
  await enter(fatima!);
  await expect(notes).toHaveText(["Clara, David and 2 others joined"]);
  // Whoever came and went again was hardly there.
  await leave(clara!);
  await expect(notes).toHaveText(["David, Elena and Fatima joined"]);

  await boris!.say("hello", { room });
  await leave(david!);
  await expect(notes).toHaveText(["David, Elena and Fatima joined", "David left"]);
  // They are news, not history.
  await anna.page.reload();
  await anna.isLive();
  await expect(anna.said).toHaveText(["hello"]);
  await expect(notes).toHaveCount(0);
});

test("a name has the same one of twelve colours everywhere", async ({ person, server }) => {
  const friends: Said[] = [];
  for (const name of texts("Friend", 8)) friends.push(await (await Program.guest(server.url, name)).say(`I am ${name}`));
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  const colours = new Set<string>();
  for (const { text, user } of friends) {
    expect(user.color).toBeLessThan(12);
    const who = anna.row(text).locator(".who");
    await expect(who).toHaveClass(`who c${user.color}`);
    await expect(anna.row(text).locator(".face")).toHaveClass(`face c${user.color}`);
    colours.add(await who.locator(".name").evaluate((name) => getComputedStyle(name).color));
  }
  expect(colours.size).toBe(new Set(friends.map(({ user }) => user.color)).size);
});

test("a reply quotes what it replies to, live and after a reload", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const anna = await (await person()).signIn("Anna");
  const clara = await (await person()).signIn("Clara");
  await anna.isLive();
  await clara.isLive();
  const question = await boris.say("Who comes along?");
  await boris.say("tomorrow");
  await expect(anna.said).toHaveCount(2);

  await anna.act("Who comes along?", "Reply");
  await expect(anna.page.locator(".composer .task")).toContainText("Replying to Boris");
  await expect(anna.composer).toBeFocused();
  await anna.page.keyboard.type("I do");
  await anna.page.keyboard.press("Enter");
  await expect(anna.page.locator(".composer .task")).toBeHidden();
  for (const reader of [anna, clara]) {
    await expect(reader.row("I do").locator(".quote")).toHaveText("Boris Who comes along?");
  }

  // It says what the message says now.
  await boris.edit(question, "Who comes?");
  for (const reader of [anna, clara]) {
    await expect(reader.row("I do").locator(".quote")).toHaveText("Boris Who comes?");
  }
  await clara.page.reload();
  await expect(clara.row("I do").locator(".quote")).toHaveText("Boris Who comes?");
  await clara.isLive();
  await clara.row("I do").locator(".quote").click();
  await expect(clara.row("Who comes?")).toHaveClass(/\bmarked\b/);

  await boris.delete(question);
  for (const reader of [anna, clara]) {
    await expect(reader.row("I do").locator(".quote")).toHaveText("Boris This message was deleted.");
  }
});

test("what is edited or deleted changes for everyone, and after a reload", async ({ person, server }) => {
  const boris = await Program.guest(server.url, "Boris");
  const anna = await (await person()).signIn("Anna");
  const clara = await (await person()).signIn("Clara");
  await anna.isLive();
  await clara.isLive();
  await anna.say("helo");
  await anna.say("a mistake");
  await boris.say("hm");
  await expect(anna.said).toHaveCount(3);

  await anna.act("helo", "Edit");
  await expect(anna.composer).toHaveValue("helo");
  await anna.composer.fill("hello");
  await anna.page.getByRole("button", { name: "Save" }).click();
  await anna.act("a mistake", "Delete");
  await anna.page.getByRole("button", { name: "Delete", exact: true }).click();
  const shown = ["hello (edited)", "This message was deleted.", "hm"];
  await expect(clara.said).toHaveText(shown);
  await expect(anna.said).toHaveText(shown);
  await expect(anna.composer).toHaveValue("");
  // What others said is not one's own to change.
  await anna.row("hm").hover();
  await expect(anna.row("hm").getByRole("link")).toHaveText(["Reply", "Copy link"]);
  await anna.page.reload();
  await expect(anna.said).toHaveText(shown);
});
