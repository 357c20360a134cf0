import { expect, Program, test, type Person } from "../fixtures.ts";

const PASSWORD = "correct horse";

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  test.describe(how, () => {
    test("a name is all it takes", async ({ person }) => {
      const anna = await (await person({ javaScriptEnabled })).signIn("Anna");
      await expect(anna.page.getByRole("heading", { name: "#general" })).toBeVisible();
      await expect(anna.online).toHaveText(["Anna"]);
      const cookies = await anna.page.context().cookies();
      const session = cookies.find((cookie) => cookie.name === "beseda_session");
      expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax" });
    });

    test("one field has the focus, and Enter is enough", async ({ person }) => {
      const { page } = await person({ javaScriptEnabled });
      await page.goto("/");
      await expect(page.getByRole("textbox")).toHaveCount(1);
      await expect(page.getByLabel("Your name")).toBeFocused();
      await page.keyboard.type("Anna");
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL(/\/room\/general$/);
    });

    test("a name that is taken is refused beside the field", async ({ person, server }) => {
      await Program.account(server.url, "Anna");
      const { page } = await person({ javaScriptEnabled });
      await page.goto("/");
      const field = page.getByLabel("Your name");
      await field.fill("ANNA");
      await field.press("Enter");
      await expect(field).toHaveAccessibleDescription("Someone with this name is here already. Try another one.");
      await expect(field).toHaveAttribute("aria-invalid", "true");
      // What was typed is still there, to be mended.
      await expect(field).toHaveValue("ANNA");
      await expect(field).toBeFocused();
      await field.fill("Boris");
      await field.press("Enter");
      await expect(page).toHaveURL(/\/room\/general$/);
    });

    for (const { name, told } of [
      { name: "   ", told: "Please give a name." },
      { name: "я".repeat(21), told: "A name can have at most 20 characters." },
      { name: "An\u202Ena", told: /This name has characters that can't be seen/ },
    ]) {
      test(`the name ${JSON.stringify(name)} is refused`, async ({ person }) => {
        const { page } = await person({ javaScriptEnabled });
        await page.goto("/");
        await page.getByLabel("Your name").fill(name);
        await page.getByLabel("Your name").press("Enter");
        await expect(page.getByLabel("Your name")).toHaveAccessibleDescription(told);
      });
    }

    test("an account is made, and one comes back with its password", async ({ person }) => {
      const anna = await (await person({ javaScriptEnabled })).register("Анна", PASSWORD);
      await expect(anna.online).toHaveText(["Анна"]);
      await signOut(anna);
      await anna.page.goto("/");
      await anna.page.getByRole("link", { name: "I have a password" }).click();
      await fillIn(anna, "анна", "wrong horse");
      const password = anna.page.getByLabel("Password");
      await expect(password).toHaveAccessibleDescription("The name or the password is not right.");
      await expect(anna.page.getByLabel("Your name")).toHaveValue("анна");
      await expect(anna.page.getByLabel("Your name")).toHaveAccessibleDescription("");
      // A password is never sent back.
      await expect(password).toHaveValue("");
      await expect(password).toBeFocused();
      await anna.page.keyboard.type(PASSWORD);
      await anna.page.keyboard.press("Enter");
      await expect(anna.page).toHaveURL(/\/room\/general$/);
      await expect(anna.online).toHaveText(["Анна"]);
    });

    for (const { password, told } of [
      { password: "horse", told: "A password has at least 8 characters." },
      { password: "я".repeat(201), told: "A password can have at most 200 characters." },
    ]) {
      test(`a password of ${password.length} characters is refused beside its field`, async ({ person }) => {
        const anna = await person({ javaScriptEnabled });
        await anna.page.goto("/?with=account");
        await fillIn(anna, "Anna", password);
        await expect(anna.page.getByLabel("Password")).toHaveAccessibleDescription(told);
        await expect(anna.page.getByLabel("Your name")).toHaveAccessibleDescription("");
        await expect(anna.page.getByLabel("Your name")).toHaveValue("Anna");
      });
    }

    test("with a link that invites, one makes an account and is where it leads", async ({ person }) => {
      const owner = await (await person({ javaScriptEnabled })).register("Olga");
      const room = (await owner.ask("POST", "/rooms", { name: "Кухня", private: true })).room.slug;
      const link = await inviteLink(owner, "#Кухня");
      const boris = await person({ javaScriptEnabled });
      await boris.page.goto(link);
      await expect(boris.page.getByText("You have been invited. Choose a name and a password.")).toBeVisible();
      // Refused once, the invite is still in hand.
      await fillIn(boris, "olga", PASSWORD);
      await expect(boris.page.getByLabel("Your name")).toHaveAccessibleDescription(/Someone with this name is here/);
      await fillIn(boris, "Boris", PASSWORD);
      await expect(boris.page).toHaveURL(`/room/${encodeURIComponent(room)}`);
      await expect(boris.page.getByRole("heading", { name: "#Кухня" })).toBeVisible();

      // It was good for one.
      const third = await person({ javaScriptEnabled });
      await third.page.goto(link);
      await fillIn(third, "Third", PASSWORD);
      await expect(third.page.getByText("An invite is needed here, or this one is used up.")).toBeVisible();
    });

    for (const { door, ways } of [
      { door: "guest", ways: [] },
      { door: "password", ways: ["I have a password"] },
      { door: "account", ways: ["I have a password", "Make an account"] },
    ]) {
      test(`an address is come back to after signing in (${door})`, async ({ person, server }) => {
        const owner = await Program.account(server.url, "Olga", PASSWORD);
        const slug = await owner.makeRoom("Чай & кофе");
        const { seq } = await owner.say("here", { room: slug });
        const goal = `/room/${encodeURIComponent(slug)}?at=${seq}`;
        const anna = await person({ javaScriptEnabled });
        await anna.page.goto(goal);
        const { page } = anna;
        for (const link of ways) await page.getByRole("link", { name: link }).click();
        if (door === "password") {
          // Also by way of a mistake.
          await fillIn(anna, "Olga", "wrong horse");
          await expect(page.getByLabel("Password")).toHaveAccessibleDescription(/not right/);
          await fillIn(anna, "Olga", PASSWORD);
        } else if (door === "account") {
          await fillIn(anna, "Anna", PASSWORD);
        } else {
          await page.getByLabel("Your name").fill("Anna");
          await page.getByLabel("Your name").press("Enter");
        }
        await expect(page).toHaveURL(goal);
        await expect(page.locator(".message.marked .body")).toHaveText("here");
      });
    }

    test("who is signed in goes straight to the room, and out again", async ({ person }) => {
      const anna = await (await person({ javaScriptEnabled })).signIn("Anna");
      await anna.page.goto("/");
      await expect(anna.page).toHaveURL(/\/room\/general$/);
      await signOut(anna);
      // It is known by what name one was here.
      await expect(anna.page.getByLabel("Your name")).toHaveValue("Anna");
      await anna.page.goto("/room/general");
      await expect(anna.page.getByLabel("Your name")).toBeVisible();
      // The name is free again.
      await (await person()).signIn("Anna");
    });

    test("the language is chosen at the door, in settings, and kept", async ({ person }) => {
      const { page } = await person({ javaScriptEnabled });
      await page.goto("/?with=password");
      await page.getByRole("button", { name: "Русский" }).click();
      await expect(page.getByLabel("Пароль")).toBeVisible();
      await expect(page.getByRole("button", { name: "Русский" })).toHaveAttribute("aria-pressed", "true");
      await page.getByRole("link", { name: "Войти без пароля" }).click();
      await page.getByLabel("Ваше имя").fill("Anna");
      await page.getByLabel("Ваше имя").press("Enter");
      await expect(page.getByRole("textbox", { name: "Сообщение" })).toBeVisible();
      await page.goto("/settings");
      await page.getByRole("radio", { name: "中文" }).check();
      await page.getByRole("button", { name: "Сохранить", exact: true }).click();
      await expect(page.locator("html")).toHaveAttribute("lang", "zh");
      await page.goto("/room/general");
      await expect(page.getByRole("textbox", { name: "消息" })).toBeVisible();
    });
  });
}

for (const { locale, welcome, chosen } of [
  { locale: "ru-RU", welcome: "Заходите, поговорим.", chosen: "Русский" },
  { locale: "zh-CN", welcome: "进来聊聊吧。", chosen: "中文" },
  { locale: "de-DE", welcome: "Come in and talk.", chosen: "English" },
]) {
  test(`a browser in ${locale} reads ${chosen}`, async ({ person }) => {
    const { page } = await person({ locale });
    await page.goto("/");
    await expect(page.getByRole("heading", { name: welcome })).toBeVisible();
    await expect(page.getByRole("button", { name: chosen })).toHaveAttribute("aria-pressed", "true");
  });
}

test("what can't be right is not even sent", async ({ person }) => {
  const anna = await person();
  await anna.page.goto("/?with=account");
  await expect(anna.page.locator("body[data-live]")).toBeVisible();
  await anna.markDocument();
  await fillIn(anna, "Anna", "short");
  await expect(anna.page.getByLabel("Password")).toHaveAccessibleDescription(/at least 8/);
  expect(await anna.isSameDocument()).toBe(true);
  await expect(anna.page.getByLabel("Password")).toHaveValue("short");
});

test.describe(() => {
  // The browser itself reports a page's 404.
  test.use({ noise: { expected: [/responded with a status of 404/] } });

  test("an unknown address says so and leads back", async ({ person }) => {
    const anna = await (await person()).signIn("Anna");
    for (const path of ["/nowhere", "/room/nowhere", "/dm/nobody", "/people/nobody"]) {
      expect((await anna.page.goto(path))!.status(), path).toBe(404);
      await anna.page.getByRole("link", { name: "Back to the conversation" }).click();
      await expect(anna.page).toHaveURL(/\/room\/general$/);
    }
  });
});

async function fillIn({ page }: Person, name: string, password: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByLabel("Password").press("Enter");
}

async function signOut({ page }: Person): Promise<void> {
  await page.goto("/settings");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page.getByLabel("Your name")).toBeVisible();
}

async function inviteLink({ page }: Person, room: string): Promise<string> {
  await page.goto("/invites");
  await page.getByLabel("Leads to").selectOption(room);
  await page.getByRole("button", { name: "Make a link" }).click();
  return page.getByLabel(/Copy the link now/).inputValue();
}
