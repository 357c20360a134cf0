import { expect, test } from "../fixtures.ts";

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  test(`a name is all it takes, ${how}`, async ({ person }) => {
    const anna = await person({ javaScriptEnabled });
    await anna.signIn("Anna");
    await expect(anna.page.getByRole("heading", { name: "#general" })).toBeVisible();
    await expect(anna.online).toHaveText(["Anna"]);
    const [cookie] = await anna.page.context().cookies();
    expect(cookie).toMatchObject({ name: "beseda_session", httpOnly: true, sameSite: "Lax" });
  });

  test(`a name that is taken is refused beside the field, ${how}`, async ({ person }) => {
    await (await person()).signIn("Anna");
    const other = await person({ javaScriptEnabled });
    await other.page.goto("/");
    await other.page.getByLabel("Your name").fill("ANNA");
    await other.page.getByRole("button", { name: "Join the conversation" }).click();
    await expect(other.page.getByText("Someone with this name is here already.")).toBeVisible();
    // What was typed is still there.
    await expect(other.page.getByLabel("Your name")).toHaveValue("ANNA");
    await other.page.getByLabel("Your name").fill("Boris");
    await other.page.getByRole("button", { name: "Join the conversation" }).click();
    await expect(other.page).toHaveURL(/\/room\/general$/);
  });

  for (const { name, told } of [
    { name: "   ", told: "Please give a name." },
    { name: "я".repeat(21), told: "A name can have at most 20 characters." },
    { name: "An\u202Ena", told: "This name has characters that can't be seen." },
  ]) {
    test(`the name ${JSON.stringify(name)} is refused, ${how}`, async ({ person }) => {
      const { page } = await person({ javaScriptEnabled });
      await page.goto("/");
      await page.getByLabel("Your name").fill(name);
      await page.getByRole("button", { name: "Join the conversation" }).click();
      await expect(page.getByText(told)).toBeVisible();
    });
  }
}

test("with JavaScript, signing in loads no page", async ({ person }) => {
  const { page } = await person();
  await page.goto("/");
  await expect(page.locator("body[data-live]")).toBeVisible();
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await page.getByLabel("Your name").fill("Anna");
  await page.getByLabel("Your name").press("Enter");
  await expect(page).toHaveURL(/\/room\/general$/);
  await expect(page.getByLabel("Message", { exact: true })).toBeVisible();
  expect(await page.evaluate(() => "sameDocument" in window)).toBe(true);
});

test("who is signed in goes straight to the room, and out again", async ({ person }) => {
  const anna = await person();
  await anna.signIn("Anna");
  await anna.page.goto("/");
  await expect(anna.page).toHaveURL(/\/room\/general$/);
  await anna.page.getByRole("button", { name: "Sign out" }).click();
  await expect(anna.page.getByLabel("Your name")).toBeVisible();
  await anna.page.goto("/room/general");
  await expect(anna.page.getByLabel("Your name")).toBeVisible();
  // The name is free again.
  await (await person()).signIn("Anna");
});

for (const { locale, welcome, chosen } of [
  { locale: "ru-RU", welcome: "Заходите, поговорим.", chosen: "Русский" },
  { locale: "zh-CN", welcome: "进来聊聊吧。", chosen: "中文" },
  { locale: "de-DE", welcome: "Come in and talk.", chosen: "English" },
]) {
  test(`a browser in ${locale} reads ${chosen}`, async ({ person }) => {
    const { page } = await person({ locale });
    await page.goto("/");
    await expect(page.getByRole("heading", { name: welcome })).toBeVisible();
    await page.getByRole("button", { name: "Русский" }).click();
    await expect(page.getByRole("heading", { name: "Заходите, поговорим." })).toBeVisible();
  });
}

test("an unknown address says so and leads back", async ({ person, server }) => {
  const anna = await person();
  await anna.signIn("Anna");
  expect((await fetch(`${server.url}/nowhere`)).status).toBe(404);
  // The browser itself reports a page's 404 on the console; the test above is enough for the status.
  await anna.page.evaluate(() => history.pushState(null, "", "/nowhere"));
  await anna.page.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));
  await anna.page.getByRole("link", { name: "Back to the conversation" }).click();
  await expect(anna.page).toHaveURL(/\/room\/general$/);
});
