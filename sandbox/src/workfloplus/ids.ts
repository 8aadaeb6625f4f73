import { seededRandom } from '../shared/random';

/** Makes every id and secret of one simulated service: the same seed and calls give the same ids. */
export interface Ids {
	/** 24 lower-case hex digits that begin with the time, as the service's ObjectIds do (contract 2). */
	objectId(atMs: number): string;
	uuid(): string;
	/** 32 letters and digits, as `newSecret` (contract 3.3). */
	secret(): string;
	/** Three digits that the service's clock sees and ours does not (scheduled jobs show microseconds). */
	microDigits(): string;
}

const SECRET_ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];

/** A source of ids. */
export function createIds(seed: number): Ids {
	const random = seededRandom(seed);
	const machine = random.hex(10);
	let counter = random.int(0, 0x7fffff);
	return {
		objectId: (atMs) => {
			counter = (counter + 1) % 0x1000000;
			const seconds = Math.floor(atMs / 1000);
			return seconds.toString(16).padStart(8, '0') + machine + counter.toString(16).padStart(6, '0');
		},
		uuid: () => random.uuid(),
		secret: () => Array.from({ length: 32 }, () => random.pick(SECRET_ALPHABET)).join(''),
		microDigits: () => String(random.int(0, 999)).padStart(3, '0'),
	};
}

/** `2020-01-14T11:53:47Z`: workflows, groups, server write times (contract 2, dates). */
export function isoSeconds(ms: number): string {
	return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** `2021-07-02T14:23:04.352Z`: users, device times (contract 2, dates). */
export function isoMillis(ms: number): string {
	return new Date(ms).toISOString();
}

/** `2021-10-06T13:48:19.342407Z`: scheduled jobs (contract 5.6). */
export function isoMicros(ms: number, microDigits: string): string {
	return `${new Date(ms).toISOString().slice(0, 23)}${microDigits}Z`;
}

/** `2021-10-05T22:59:00Z`: a date the caller wrote, in UTC, fraction only as long as it needs to be. */
export function isoShortest(ms: number): string {
	return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z');
}
