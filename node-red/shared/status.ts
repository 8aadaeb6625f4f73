import type { Progress, Wait } from '../../core/run';
import type { Red } from './red';

/** The part of a node that shows status. */
export interface StatusNode {
	status(status: {
		fill?: 'red' | 'green' | 'yellow' | 'blue' | 'grey';
		shape?: 'ring' | 'dot';
		text?: string;
	}): void;
}

/** Contract 12. */
const MOST_FOUND = 50;
/** What a reading has read. */
export interface Finished {
	count: number;
	kind?: keyof typeof COUNTED;
	/** Entries that stand nowhere in it, since the one above them is missing. */
	orphans?: number;
}

/** The language of numbers and times: that of the words, where the settings name none, or one like `de_DE` that is no name. */
function languageOf(red: Pick<Red, '_' | 'settings'>): string {
	return [red.settings.lang, red._('shared.language')].find(isLanguage) ?? 'en-US';
}

function isLanguage(name: unknown): name is string {
	try {
		return typeof name === 'string' && Intl.getCanonicalLocales(name).length > 0;
	} catch {
		return false;
	}
}

const COUNTED = {
	entries: 'shared.status.entries',
	newest: 'shared.status.newestEntries',
	first: 'shared.status.firstEntries',
	rows: 'shared.status.rows',
} as const;

/**
 * The one place that says what a node shows below itself. All words are in the catalogues under `shared.status`;
 * those with numbers in them are put together here, in the language of the runtime.
 */
export class StatusLine {
	private readonly lang: string;
	private closed = false;

	constructor(
		private readonly node: StatusNode,
		protected readonly red: Pick<Red, '_' | 'settings'>,
	) {
		this.lang = languageOf(red);
	}

	busy(): void {
		this.show({ fill: 'blue', shape: 'dot', text: this.say('busy') });
	}

	sending(): void {
		this.show({ fill: 'blue', shape: 'dot', text: this.say('sending') });
	}

	/** "500 of 1,200" */
	progress({ fetched, total }: Progress): void {
		const values = { fetched: this.number(fetched), total: this.number(total ?? fetched) };
		const text = this.say(total === undefined ? 'fetched' : 'fetchedOf', values);
		this.show({ fill: 'blue', shape: 'dot', text });
	}

	/** "500 fetched · limit, goes on at 14:05:12"; with a total "500 of 1,200 · next page in 12 s (14:05:12)" */
	waiting({ reason, ms, until }: Wait, fetched: number, total?: number): void {
		const values = { fetched: this.number(fetched), time: this.time(until, true) };
		const isKnown = reason === 'limit' && total !== undefined && total >= fetched;
		const key = isKnown ? 'nextPage' : reason === 'limit' ? 'waitingForLimit' : 'waitingToRetry';
		const more = isKnown ? { total: this.number(total), seconds: this.number(Math.ceil(ms / 1000)) } : {};
		this.show({ fill: 'yellow', shape: 'ring', text: this.say(key, { ...values, ...more }) });
	}

	/** "1,000 entries · 14:05", or by what else they are: the newest or first so many, or rows of a table. */
	entriesRead({ count, kind = 'entries', orphans = 0 }: Finished, now: number): void {
		const values = { count, number: this.number(count), time: this.time(now) };
		const key = COUNTED[kind];
		if (orphans === 0) return this.show({ fill: 'green', shape: 'dot', text: this.red._(key, values) });
		const lost = this.say('orphans', { count: orphans, number: this.number(orphans) });
		this.show({ fill: 'yellow', shape: 'dot', text: `${this.red._(key, values)} · ${lost}` });
	}

	/** "cancelled · 14:05" */
	cancelled(now: number): void {
		this.show({ fill: 'grey', shape: 'ring', text: `${this.say('cancelled')} · ${this.time(now)}` });
	}

	/** "Inspect pump 7 · 14:05" */
	finished(what: string, now: number): void {
		this.show({ fill: 'green', shape: 'dot', text: `${what} · ${this.time(now)}` });
	}

	/** "12 projects · 14:05"; the service names 50 at most. */
	projectsFound(count: number, now: number): void {
		const values = { count, number: this.number(count), time: this.time(now) };
		const text = this.say(count >= MOST_FOUND ? 'firstProjects' : 'projects', values);
		this.show({ fill: 'green', shape: 'dot', text });
	}

	/** "12 of 40 files" */
	files(done: number, total: number): void {
		const values = { fetched: this.number(done), total: this.number(total) };
		this.show({ fill: 'blue', shape: 'dot', text: this.say('filesOf', values) });
	}

	/** "12 of 40 files · next in 6 s" */
	waitingForFile({ reason, ms, until }: Wait, done: number, total: number): void {
		if (reason === 'retry') return this.waiting({ reason, ms, until }, done);
		const values = { fetched: this.number(done), total: this.number(total) };
		const seconds = this.number(Math.ceil(ms / 1000));
		this.show({ fill: 'yellow', shape: 'ring', text: this.say('nextFile', { ...values, seconds }) });
	}

	/** "3 files · 37 there already · 2 not uploaded yet · 14:05", of which what is none is left out. */
	filesDone(files: { got: number; existed: number; missing: number; refused: number }, now: number): void {
		const { got, existed, missing, refused } = files;
		const parts = [
			this.say('files', { count: got, number: this.number(got) }),
			...(existed > 0 ? [this.say('filesThere', { number: this.number(existed) })] : []),
			...(missing > 0 ? [this.say('filesMissing', { number: this.number(missing) })] : []),
			...(refused > 0 ? [this.say('filesRefused', { number: this.number(refused) })] : []),
		];
		const fill = missing + refused > 0 ? 'yellow' : 'green';
		this.show({ fill, shape: 'dot', text: [...parts, this.time(now)].join(' · ') });
	}

	/** "3 of 412 gone · 14:05" */
	gone({ gone, known }: { gone: number; known: number }, now: number): void {
		const values = { gone: this.number(gone), known: this.number(known), time: this.time(now) };
		this.show({ fill: 'green', shape: 'dot', text: this.say(gone === 0 ? 'noneGone' : 'gone', values) });
	}

	/** "no logo of its own · 14:05" */
	noLogo(now: number): void {
		this.finished(this.say('noLogo'), now);
	}

	failed(message: string): void {
		this.show({ fill: 'red', shape: 'ring', text: message });
	}

	/**
	 * Clears the status, for good: after a redeploy another node of the same id shows its own, and what this one still
	 * waits for together with others must not write over it.
	 */
	close(): void {
		this.show({});
		this.closed = true;
	}

	protected show(status: Parameters<StatusNode['status']>[0]): void {
		if (!this.closed) this.node.status(status);
	}

	private say(key: string, values?: Record<string, unknown>): string {
		return this.red._(`shared.status.${key}`, values);
	}

	protected number(value: number): string {
		return value.toLocaleString(this.lang);
	}

	protected time(at: number, seconds = false): string {
		return new Date(at).toLocaleTimeString(this.lang, {
			hour: '2-digit',
			minute: '2-digit',
			...(seconds ? { second: '2-digit' } : {}),
			hourCycle: 'h23',
		});
	}
}
