import { describe, expect, test } from "@odoo/hoot";
import { Deferred, tick } from "@odoo/hoot-mock";
import { ThreadReader } from "@kemenkes_helpdesk/ticket/thread_live";

describe.current.tags("headless");

test("what is said while a thread is being read is read right after, once", async () => {
    const reader = new ThreadReader();
    const answers = [];
    const thread = {
        id: 1,
        status: "ready",
        fetchNewMessages() {
            expect.step("read");
            answers.push(new Deferred());
            return answers.at(-1);
        },
    };
    reader.read(thread);
    await tick();
    reader.read(thread);
    reader.read(thread);
    expect.verifySteps(["read"]);
    answers[0].resolve();
    await tick();
    await tick();
    expect.verifySteps(["read"]);
    answers[1].resolve();
    await tick();
    await tick();
    reader.read(thread);
    await tick();
    expect.verifySteps(["read"]);
});
