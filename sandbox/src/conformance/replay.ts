import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadExtraRows } from '../epicollect5/dataset';
import { createSandbox, type SandboxCore } from '../sandbox';
import { makeRequest, type SandboxRequest } from '../shared/types';
import { actBefore, UnknownAct } from './acts';
import { compareAnswers } from './compareAnswers';
import { LimitSync } from './limitSync';
import { Placeholders } from './placeholders';
import type { Recording, RecordingFolder } from './recordings';

/** What a replay found. */
export interface Outcome {
	total: number;
	alike: number;
	unlike: { name: string; difference: string }[];
}

/** Host of the recordings (recordings/README.md). */
const RECORDED_ORIGIN = 'http://127.0.0.1:8500';

/** Replays every request of a folder against a fresh sandbox that holds the data set. */
export async function replay(recordings: RecordingFolder, dataset: string): Promise<Outcome> {
	const sandbox = createSandbox({ dataDir: dataset, clock: 'virtual', limits: 'production' });
	// The recorded server has the cap of the code as shipped, whatever its limits.
	sandbox.admin.configure({ perPageCap: 1000 });
	const replayer = new Replayer(sandbox, recordings, dataset);
	const outcome: Outcome = { total: 0, alike: 0, unlike: [] };
	for (const record of recordings.records) {
		const difference = await replayer.next(record);
		if (record.exception !== undefined) continue;
		outcome.total += 1;
		if (difference === null) outcome.alike += 1;
		else outcome.unlike.push({ name: record.name, difference });
	}
	return outcome;
}

class Replayer {
	private readonly placeholders: Placeholders;
	private readonly limits: LimitSync;
	private readonly extra: ExtraRows;

	constructor(
		private readonly sandbox: SandboxCore,
		private readonly recordings: RecordingFolder,
		dataset: string,
	) {
		this.placeholders = new Placeholders(sandbox);
		this.limits = new LimitSync(sandbox, recordings.records);
		this.extra = new ExtraRows(sandbox, dataset);
	}

	/** Replays one record; its first difference, or null. */
	async next(record: Recording): Promise<string | null> {
		const { admin, clock, epicollect5 } = this.sandbox;
		clock.set(record.at * 1000);
		this.limits.chooseTable(record);
		this.extra.show(record.rows === 'extra');
		const retry = /^maintenance-\D*(\d+)/.exec(record.name)?.[1];
		admin.maintenance({
			on: record.name.startsWith('maintenance-'),
			retryAfter: retry === undefined ? undefined : Number(retry),
		});
		this.placeholders.prepare(record);
		try {
			actBefore(admin, record);
		} catch (error) {
			if (error instanceof UnknownAct) return error.message;
			throw error;
		}
		const request = this.request(record);
		this.limits.adopt(record, request, this.placeholders.issued > 0);
		if (request.path.includes('/oauth/token')) this.placeholders.issued = 0;
		const response = await epicollect5.handle(request);
		const recordedBody = this.recordings.bodyOf(record);
		if (recordedBody !== null) this.placeholders.learn(recordedBody, response.body);
		const expected = recordedBody === null ? null : this.placeholders.fill(recordedBody);
		return compareAnswers(this.sandbox, record, expected, request, response);
	}

	/** The request as curl sent it, with its defaults. */
	private request(record: Recording): SandboxRequest {
		const headers: Record<string, string> = { accept: '*/*', 'user-agent': 'curl/8.0' };
		if (record.body !== undefined && record.body !== '') {
			headers['content-type'] = 'application/x-www-form-urlencoded';
		}
		for (const [name, value] of Object.entries(record.headers ?? {})) {
			const filled = this.placeholders.fill(value);
			// An empty value is how curl leaves a header out.
			if (filled === '') delete headers[name.toLowerCase()];
			else headers[name.toLowerCase()] = encodeBasic(filled);
		}
		return makeRequest({
			method: record.method,
			url: this.placeholders.fill(record.path),
			headers,
			body: this.placeholders.fill(record.body ?? ''),
			origin: RECORDED_ORIGIN,
		});
	}
}

function encodeBasic(value: string): string {
	const match = /^Basic \(unencoded here\) (.*)$/.exec(value);
	return match === null ? value : `Basic ${Buffer.from(match[1] ?? '').toString('base64')}`;
}

/** Rows that were there for some of the recordings only. */
class ExtraRows {
	private shown: { slug: string; uuids: string[] }[] = [];

	constructor(
		private readonly sandbox: SandboxCore,
		private readonly dataset: string,
	) {}

	show(wanted: boolean): void {
		if (wanted === this.shown.length > 0) return;
		const { store } = this.sandbox.epicollect5;
		if (!wanted) {
			for (const { slug, uuids } of this.shown) for (const uuid of uuids) store.bySlug(slug)?.remove(uuid);
			this.shown = [];
			return;
		}
		for (const file of readdirSync(this.dataset)) {
			const slug = /^(.+)\.(?:branch-)?entries\.extra\.jsonl$/.exec(file)?.[1];
			const project = slug === undefined ? undefined : store.bySlug(slug);
			if (slug === undefined || project === undefined) continue;
			this.shown.push({ slug, uuids: loadExtraRows(project, join(this.dataset, file)) });
		}
	}
}
