import { expect, test } from "vitest";
import { connect, loadQueue, redisAddress } from "./redis.js";

test("the address is the command line's, else the environment's; the password is never shown", () => {
  const env = { CELLWRIGHT_REDIS_URL: "redis://me:secret@queue:6380/2" };
  expect(redisAddress(undefined, env)).toEqual({
    url: "redis://me:secret@queue:6380/2",
    shown: "redis://queue:6380",
  });
  const asked = redisAddress("rediss://other", { ...env, CELLWRIGHT_REDIS_PASSWORD: "p" });
  expect(asked).toEqual({ url: "rediss://other", shown: "rediss://other", password: "p" });
  expect(() => redisAddress(undefined, {})).toThrow(/CELLWRIGHT_REDIS_URL/);
  for (const wrong of ["http://:secret@a", "queue:6379", "redis://", "secret"]) {
    expect(() => redisAddress(wrong, {})).toThrow(/must be redis:\/\/HOST:PORT/);
    expect(() => redisAddress(wrong, {})).not.toThrow(/secret/);
  }
});

test("where the packages are missing, it says which and how to get them", async () => {
  const missing = Object.assign(new Error("Cannot find package 'bullmq'"), {
    code: "ERR_MODULE_NOT_FOUND",
  });
  await expect(loadQueue(() => Promise.reject(missing))).rejects.toThrow(
    /npm install bullmq@\S+ ioredis@\S+ \(Cannot find package 'bullmq'\)/,
  );
  await expect(loadQueue(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
});

test("a Redis that is not there is said at once, without its password", async () => {
  const address = redisAddress("redis://me:secret@127.0.0.1:9", {});
  const error = await connect(address, await loadQueue()).catch((reason: Error) => reason);
  expect(`${error}`).toMatch(/redis:\/\/127.0.0.1:9: Redis cannot be reached: .*ECONNREFUSED/);
  expect(`${error}`).not.toContain("secret");
});
