import { expect, Person, test } from "../fixtures.ts";

// The browser itself reports a connection that fails; everything else still counts.
test.use({ noise: { expected: [/WebSocket connection to .* failed/, /net::ERR_/] } });

for (const end of ["kill", "terminate"] as const) {
  test(`after ${end} nothing is lost, and the page comes back by itself`, async ({ person, server }) => {
    const anna = await (await person()).signIn("Anna");
    const boris = await (await person()).signIn("Boris");
    await anna.isLive();
    await boris.isLive();
    await anna.say("before");
    await expect(boris.said).toHaveText(["before"]);

    await server[end]();
    await expect(anna.page.getByText("Connection lost.")).toBeVisible();
    for (const text of ["one", "two", "three"]) await anna.say(text);
    await expect(anna.page.locator(".pending .body")).toHaveText(["one", "two", "three"]);

    await server.start();
    await expect(anna.said).toHaveText(["before", "one", "two", "three"]);
    await expect(boris.said).toHaveText(["before", "one", "two", "three"]);
    await expect(anna.page.getByText("Connection lost.")).toBeHidden();
  });
}

test("what was written offline survives a closed page and is said once, in order", async ({ person, server }) => {
  const anna = await (await person()).signIn("Anna");
  const boris = await (await person()).signIn("Boris");
  await anna.isLive();
  await server.kill();
  await expect(anna.page.getByText("Connection lost.")).toBeVisible();
  for (const text of ["one", "two", "three"]) await anna.say(text);
  await expect(anna.page.locator(".pending .body")).toHaveText(["one", "two", "three"]);

  await anna.page.close();
  await server.start();
  const again = new Person(await anna.page.context().newPage());
  await again.page.goto("/room/general");
  await expect(again.said).toHaveText(["one", "two", "three"]);
  await expect(again.page.locator(".pending")).toHaveCount(0);
  await expect(boris.said).toHaveText(["one", "two", "three"]);
});
