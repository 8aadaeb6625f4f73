/** The sandbox's only source of time, so that tests move it instead of sleeping. */
export interface SandboxClock {
	readonly kind: 'real' | 'virtual';
	/** Milliseconds since 1970. */
	now(): number;
	/** Moves the clock to that time. A real clock keeps running from there. */
	set(ms: number): void;
	/** Moves the clock forward (or back, with a negative number). */
	advance(ms: number): void;
}

/** A clock that stands still until it is moved. */
export function virtualClock(startMs = Date.UTC(2026, 10, 22, 12, 0, 0)): SandboxClock {
	let time = startMs;
	return {
		kind: 'virtual',
		now: () => time,
		set: (ms) => {
			time = ms;
		},
		advance: (ms) => {
			time += ms;
		},
	};
}

/** The machine's clock, plus whatever it was moved by. */
export function realClock(): SandboxClock {
	let offset = 0;
	return {
		kind: 'real',
		now: () => Date.now() + offset,
		set: (ms) => {
			offset = ms - Date.now();
		},
		advance: (ms) => {
			offset += ms;
		},
	};
}
