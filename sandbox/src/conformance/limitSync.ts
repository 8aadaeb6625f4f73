import type { BucketRef } from '../epicollect5/limits';
import type { SandboxCore } from '../sandbox';
import type { SandboxRequest } from '../shared/types';
import type { Recording } from './recordings';

interface BucketMemory {
	lastSeq: number;
	/** The window's start is not known exactly: requests that are not recorded may have opened it. */
	uncertain: boolean;
}

const RAISED = 1_000_000;

/**
 * Keeps the counts of the buckets honest. Requests that were kept back, or that the recorder made besides, used
 * up hits too: where some may have come in between, the count is taken over from the recording; where two
 * records follow each other, the sandbox's own count is what is compared.
 */
export class LimitSync {
	private memory = new Map<string, BucketMemory>();
	private production: boolean | null = null;
	/** Last record before the counts were cleared; a bucket without a memory is untouched since then. */
	private clearedAfter = 0;
	private lastSeq = 0;
	private readonly missing: (from: number, to: number) => boolean;

	constructor(
		private readonly sandbox: SandboxCore,
		records: Recording[],
	) {
		const known = new Set(records.map((record) => record.seq));
		this.missing = (from, to) => {
			for (let seq = from + 1; seq < to; seq += 1) if (!known.has(seq)) return true;
			return false;
		};
	}

	/** Raised or production limits, fresh at each change (recordings/README.md). */
	chooseTable(record: Recording): void {
		const production = record.name.startsWith('limit-');
		const before = this.lastSeq;
		this.lastSeq = record.seq;
		if (production === this.production) return;
		this.clearedAfter = before;
		this.production = production;
		const { admin } = this.sandbox;
		admin.setLimits({ profile: 'production' });
		if (!production) {
			const raised = { hits: RAISED };
			admin.setLimits({
				buckets: { project: raised, entries: raised, media: raised, token: raised, ip: raised },
			});
		}
		admin.clearLimits();
		this.memory = new Map();
	}

	/** Takes over counts that requests outside the recordings have changed. */
	adopt(record: Recording, request: SandboxRequest, tokensIssued: boolean): void {
		const limit = Number(record.responseHeaders['x-ratelimit-limit'] ?? NaN);
		const remaining = Number(record.responseHeaders['x-ratelimit-remaining'] ?? NaN);
		if (Number.isNaN(limit) || Number.isNaN(remaining)) return;
		for (const ref of this.bucketsWithLimit(request, limit)) {
			const key = `${ref.bucket}:${ref.key}`;
			const known = this.memory.get(key);
			const window = this.sandbox.epicollect5.limiter.peek(ref);
			const gap = this.missing(known?.lastSeq ?? this.clearedAfter, record.seq);
			const others =
				gap || (!this.production && (window === undefined || (tokensIssued && ref.bucket === 'token')));
			const fresh = remaining === limit - 1 && known?.uncertain === true;
			if (others || fresh) this.takeOver(ref, record, limit - remaining - (record.status === 429 ? 0 : 1));
			this.memory.set(key, { lastSeq: record.seq, uncertain: others || known?.uncertain === true });
		}
	}

	private takeOver(ref: BucketRef, record: Recording, used: number): void {
		const window = this.sandbox.epicollect5.limiter.peek(ref);
		if (window?.used === used) return;
		const reset = Number(record.responseHeaders['x-ratelimit-reset'] ?? NaN);
		this.sandbox.admin.setLimitUsed({ ...ref, used });
		if (!Number.isNaN(reset)) this.sandbox.epicollect5.limiter.setEnd(ref, reset);
	}

	private bucketsWithLimit(request: SandboxRequest, limit: number): BucketRef[] {
		const { epicollect5 } = this.sandbox;
		return epicollect5
			.bucketsOf(request)
			.filter((ref) => epicollect5.limiter.table[ref.bucket].hits === limit);
	}
}
