import { answerLength, timeLeft } from "@kemenkes_channels/answer/answer_length";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";

describe.current.tags("headless");
beforeEach(allowTranslations);

test("characters: an emoji is one, whatever it is made of in JavaScript", () => {
    expect(answerLength("Halo 👋", "characters")).toBe(6);
});

test("bytes of UTF-8, as Instagram counts", () => {
    expect(answerLength("é👋", "bytes")).toBe(6);
});

test("weighted, as X counts: an address 23, an emoji 2", () => {
    expect(answerLength("Halo", "weighted")).toBe(4);
    expect(answerLength("https://kemkes.example/a/very/long/address/that/goes/on", "weighted")).toBe(23);
    expect(answerLength("👨‍👩‍👧 ya", "weighted")).toBe(5);
    expect(answerLength("健康", "weighted")).toBe(4);
});

test("what is left of the window", () => {
    expect(timeLeft(-5)).toBe("0 min");
    expect(timeLeft(9 * 60000)).toBe("9 min");
    expect(timeLeft(21 * 3600000 + 14 * 60000)).toBe("21 h 14 min");
});
