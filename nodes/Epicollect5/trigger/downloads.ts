import type { IBinaryData } from 'n8n-workflow';
import type { MediaType } from '../../../core/epicollect5/media';
import type { MediaReader } from '../../../core/epicollect5/mediaReader';
import { reasonOf } from '../../../core/epicollect5/stopped';
import type { MissingMedia } from '../../../core/epicollect5/sync';
import { FieldDataError, RateLimitError } from '../../../core/http/errors';
import type { Run } from '../../../core/run';
import type { MediaChoice } from '../actions/media/attach';
import { downloadMedia, type MediaSource, type MediaTarget } from '../media';

/** What became of files that were asked for, by their names. Others were not asked for: there was no time. */
export interface Fetched {
	here: ReadonlySet<string>;
	/** The server has not got them yet. */
	awaited: ReadonlySet<string>;
	/** Nothing more can be asked for in this poll. */
	isOver: boolean;
	/** Why it ended early, or what the service refuses of a file. */
	error?: FieldDataError;
}

/**
 * The files of one poll. What cannot be had within its time or the service's limit keeps nothing back: it comes with a
 * later poll.
 */
export class Downloads {
	private readonly files = new Map<string, IBinaryData>();

	/** @param run ends with the poll: what n8n does not get in time it throws away */
	constructor(
		private readonly target: MediaTarget,
		private readonly source: MediaSource,
		private readonly choice: MediaChoice,
		private readonly run: Run,
	) {}

	wants(type: MediaType): boolean {
		return this.choice.types.includes(type);
	}

	/** A file that was downloaded in this poll. */
	file(type: MediaType, name: string): IBinaryData | undefined {
		return this.files.get(`${type} ${name}`);
	}

	/** Downloads, of these files, those that are wanted and there, until there is no time left. */
	async fetch(files: readonly MissingMedia[]): Promise<Fetched> {
		const here = new Set<string>();
		const awaited = new Set<string>();
		let refused: FieldDataError | undefined;
		for (const { type, name } of files.filter((file) => this.wants(file.type))) {
			const file = await this.get(type, name).catch(knownError);
			if (!(file instanceof FieldDataError)) {
				(file ? here : awaited).add(name);
				continue;
			}
			const isOfFile = file.kind === 'input' || file.status === 400;
			if (!isOfFile) {
				return { here, awaited, isOver: true, ...(reasonOf(file) === 'failure' && { error: file }) };
			}
			awaited.add(name);
			refused ??= file;
		}
		return { here, awaited, isOver: false, ...(refused && { error: refused }) };
	}

	/**
	 * As {@link MediaReader.has}, and keeps the file that is there. One that does not come to its end within a poll would
	 * not in the next one either: it is told of without.
	 */
	readonly has: MediaReader['has'] = async (slug, query, run) => {
		if (!this.wants(query.type)) return await this.source.client.media.has(slug, query, run);
		if (this.run.signal?.aborted) throw outOfTime();
		return await this.get(query.type, query.name).then((file) => file !== undefined, isThereThough);
	};

	private async get(type: MediaType, name: string): Promise<IBinaryData | undefined> {
		const known = this.file(type, name);
		if (known) return known;
		const wanted = { name, types: [type], thumbnail: this.choice.thumbnail };
		const file = await downloadMedia(this.target, this.source, wanted, this.run);
		if (file) this.files.set(`${type} ${name}`, file);
		return file;
	}
}

function knownError(error: unknown): FieldDataError {
	if (error instanceof FieldDataError) return error;
	throw error;
}

function isThereThough(error: unknown): true {
	if (reasonOf(error) === 'aborted') return true;
	throw error;
}

function outOfTime(): RateLimitError {
	return new RateLimitError('The poll leaves no time for the next file', {
		code: 'deadline',
		hint: 'The next poll goes on.',
	});
}
