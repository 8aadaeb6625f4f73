export interface WaitOptions {
	/** What is waited for, in the words of the failure message; as a function, with how far it has come. */
	what: string | (() => string);
	timeoutMs?: number;
	everyMs?: number;
}

type Truthy<T> = Exclude<T, undefined | null | false | 0 | ''>;

/** Asks again and again until the answer is truthy. What the probe throws ends the waiting. */
export async function waitFor<T>(probe: () => Promise<T> | T, options: WaitOptions): Promise<Truthy<T>> {
	const { what, timeoutMs = 30_000, everyMs = 100 } = options;
	const end = Date.now() + timeoutMs;
	for (;;) {
		const answer = await probe();
		if (answer) return answer as Truthy<T>;
		if (Date.now() > end) {
			throw new Error(`Waited ${timeoutMs} ms in vain for ${typeof what === 'string' ? what : what()}`);
		}
		await new Promise((resolve) => setTimeout(resolve, everyMs));
	}
}
