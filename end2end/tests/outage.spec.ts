import { expect, test } from "../fixtures.ts";

// The browser itself reports a connection that fails; everything else still counts.
test.use({ noise: { expected: [/WebSocket connection to .* failed/, /net::ERR_/] } });

/** The next try may be 7.5 s away: 5 s, and half of that for chance. */
const BACK = { timeout: 7_500 + 10_000 };

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
    await expect(anna.said).toHaveText(["before", "one", "two", "three"], BACK);
    await expect(boris.said).toHaveText(["before", "one", "two", "three"], BACK);
    await expect(anna.page.getByText("Connection lost.")).toBeHidden();
  });
}

test("after a restore the page shows what is there, and hears what comes", async ({ person, server }, testInfo) => {
  const anna = await (await person()).signIn("Anna");
  await anna.isLive();
  await anna.say("kept");
  await expect(anna.said).toHaveText(["kept"]);
  const backup = testInfo.outputPath("backup.sqlite");
  await server.run("backup", backup);
  for (const text of ["undone", "undone, too"]) await anna.say(text);
  await expect(anna.said).toHaveText(["kept", "undone", "undone, too"]);
  await server.kill();
  await server.run("restore", backup);
  await server.start();
  await expect(anna.said).toHaveText(["kept"], BACK);
  await anna.say("new");
  await expect(anna.said).toHaveText(["kept", "new"]);
});
