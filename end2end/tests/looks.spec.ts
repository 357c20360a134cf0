import { expect, test } from "../fixtures.ts";

// Pictures of every screen, to be looked at: results/looks/. Not compared with anything.
for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of [
    { width: 1200, height: 760 },
    { width: 360, height: 720 },
  ]) {
    test(`pictures, ${colorScheme}, ${viewport.width} px wide`, async ({ person, server }) => {
      const to = (name: string) => ({ path: `results/looks/${name}-${colorScheme}-${viewport.width}.png` });
      const anna = await person({ viewport, colorScheme });
      await anna.page.goto("/");
      await anna.page.screenshot(to("sign-in"));
      await anna.signIn("Anna");
      await anna.isLive();
      await anna.page.screenshot(to("empty-room"));

      const boris = await (await person()).signIn("Борис");
      const lilei = await (await person()).signIn("李雷");
      await boris.isLive();
      await lilei.isLive();
      await anna.say("The new build is on staging. Could someone try the sign-in on a phone?");
      await anna.say("Especially the keyboard: https://staging.example/room/general");
      await expect(boris.said).toHaveCount(2);
      await boris.say("Попробовал на старом телефоне: всё открылось сразу, текст читается ещё до загрузки.");
      await expect(lilei.said).toHaveCount(3);
      await lilei.say("早上好！手机上没问题，中文输入法也正常。");
      await expect(anna.said).toHaveCount(4);
      await anna.page.screenshot(to("room"));
      await anna.say("x".repeat(300));
      await expect(anna.said).toHaveCount(5);
      expect(await anna.page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);

      const guest = await person({ viewport, colorScheme, locale: "ru-RU" });
      await guest.page.goto("/");
      await guest.page.getByLabel("Ваше имя").fill("Anna");
      await guest.page.getByRole("button", { name: "Войти в беседу" }).click();
      await expect(guest.page.getByRole("alert")).toHaveText(/уже здесь/);
      await guest.page.screenshot(to("refused"));
      expect((await fetch(`${server.url}/nowhere`)).status).toBe(404);
    });
  }
}
