import { DAY } from '../../clock';
import type { Run } from '../../run';
import { PAGE_SIZE, PageSizeChanged, PageSource, type PageRequest } from '../pages';
import type { SyncPage } from './cursor';
import type { SyncQuestion, SyncStream } from './question';
import type { OpenState } from './state';
import type { SyncOptions } from './sync';

/** Where pages come from in one call: how many were asked for, how large they are, and how late it is on the server. */
export class Sources {
	requests = 0;
	/** By the server's own clock, in milliseconds since the epoch, where it has told. */
	servedAt: number | undefined;
	private size: number;
	/** When it was found that a page is smaller than usual. */
	private since: number | undefined;

	constructor(
		private readonly client: SyncOptions['client'],
		private readonly question: SyncQuestion,
		pageSize: OpenState['pageSize'],
	) {
		this.size = pageSize?.rows ?? PAGE_SIZE;
		this.since = pageSize?.since;
	}

	/** To be kept where a page is smaller than usual. */
	get pageSize(): OpenState['pageSize'] {
		return this.size < PAGE_SIZE ? { rows: this.size, since: this.since } : undefined;
	}

	/**
	 * @returns undefined where the size of a page has changed in the middle of a walk by number: it has to begin anew
	 * @throws FieldDataError
	 */
	async fetch(stream: SyncStream, request: PageRequest, run: Run): Promise<SyncPage | undefined> {
		const { slug, mapIndex } = this.question;
		const ask = this.client.asker(slug, { ...stream, mapIndex }, run);
		const source = new PageSource(async (parameters) => {
			const sent = run.summary.requests;
			try {
				const { body, servedAt } = await ask(parameters);
				this.servedAt = servedAt;
				return body;
			} finally {
				// What the limit or the time left did not let go out is none.
				if (run.summary.requests > sent) this.requests += 1;
			}
		}, this.size);
		try {
			const page = await source.fetch(request);
			return { ...page, servedAt: this.servedAt };
		} catch (error) {
			if (error instanceof PageSizeChanged) return undefined;
			throw error;
		} finally {
			if (source.pageSize !== this.size) this.resize(source.pageSize);
		}
	}

	/**
	 * Tries the usual size again, a day after it was found to be too large: one refused request a day may save many.
	 */
	tryLarger(watermark?: number): void {
		const known = this.servedAt ?? watermark;
		if (this.size === PAGE_SIZE || known === undefined) return;
		this.since ??= known;
		if (known - this.since < DAY) return;
		this.servedAt ??= known;
		this.resize(PAGE_SIZE);
	}

	private resize(rows: number): void {
		this.size = rows;
		this.since = this.servedAt;
	}
}
