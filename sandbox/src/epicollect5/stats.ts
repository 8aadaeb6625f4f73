import type { SandboxRequest } from '../shared/types';

/** One request as the sandbox remembers it. The token itself is never kept. */
export interface RequestRecord {
	/** Clock of the sandbox, ms. */
	at: number;
	kind: string;
	method: string;
	path: string;
	query: string;
	status: number;
	/** Whether an Authorization header came along. */
	authorized: boolean;
}

/** What was asked so far. */
export interface StatsReport {
	total: number;
	/** By kind: token, project, entries, media, appMedia, search, version, … */
	requests: Record<string, number>;
	statuses: Record<string, number>;
	tokensIssued: number;
	/** Answers of 429, all and by kind. */
	rateLimited: number;
	rateLimitedByKind: Record<string, number>;
	/** Planned faults that happened. */
	faults: number;
}

const KEPT = 2000;

/** Counts requests and remembers the last ones. */
export class Stats {
	private report: StatsReport = emptyReport();
	private log: RequestRecord[] = [];

	count(request: SandboxRequest, kind: string, status: number, at: number): void {
		const { report } = this;
		report.total += 1;
		report.requests[kind] = (report.requests[kind] ?? 0) + 1;
		report.statuses[status] = (report.statuses[status] ?? 0) + 1;
		if (kind === 'token' && status === 200) report.tokensIssued += 1;
		if (status === 429) {
			report.rateLimited += 1;
			report.rateLimitedByKind[kind] = (report.rateLimitedByKind[kind] ?? 0) + 1;
		}
		this.log.push({
			at,
			kind,
			method: request.method,
			path: request.path,
			query: request.query.toString(),
			status,
			authorized: request.headers['authorization'] !== undefined,
		});
		if (this.log.length > KEPT * 2) this.log = this.log.slice(-KEPT);
	}

	countFault(): void {
		this.report.faults += 1;
	}

	read(): StatsReport {
		return structuredClone(this.report);
	}

	/** The last requests, oldest first. */
	requests(): RequestRecord[] {
		return this.log.slice(-KEPT);
	}

	reset(): void {
		this.report = emptyReport();
		this.log = [];
	}
}

function emptyReport(): StatsReport {
	return {
		total: 0,
		requests: {},
		statuses: {},
		tokensIssued: 0,
		rateLimited: 0,
		rateLimitedByKind: {},
		faults: 0,
	};
}
