/** What a run is about: a server, what happens to it, and what is done with the core. All of it from one seed. */
export interface Story {
	/** Of the incidental choices: which row is edited, the order of ties. */
	seed: number;
	world: WorldPlan;
	consumers: ConsumerPlan[];
	/** What happens while requests are under way, each some requests after the one before. */
	happenings: PlannedHappening[];
	use: Act[];
}

export interface WorldPlan {
	project: 'trip' | 'random' | 'many mappings';
	texts: 'plain' | 'odd';
	access: 'public' | 'private';
	/** Entries of the first form, and of each child form and branch. */
	rows: number;
	below: number;
	/** Rows that share a second, and the seconds between two such groups. */
	perSecond: number;
	everySeconds: number;
	/** How long ago the last one was uploaded. Within the overlap, everything is asked for again. */
	ageSeconds: number;
	perPageCap: number;
	ties: 'insertion' | 'shuffled';
	limits: 'production' | 'off';
	/** Whether answers carry the time of day, as they do from every web server that keeps to the rules. */
	isDated: boolean;
	/** By how much that time of day is ahead of what entries are stamped with. */
	dateSkewSeconds: number;
	/** A server that gives fewer rows than it is asked for without a word, instead of refusing. */
	isQuietCap: boolean;
	tokenSeconds: number;
	takesMs: number;
	/** By how much the clocks of the two processes are wrong. */
	skewsMs: [number, number];
	sharesTokens: boolean;
	/** Media come from another origin, and links in answers lead to a third one. */
	isElsewhere: boolean;
}

export interface ConsumerPlan {
	process: number;
	/** Which of the project's streams, by place; all where empty. */
	streams: number[];
	start: 'now' | 'beginning' | 'date' | 'soon';
	mapping: number;
}

/** Places of rows and streams are any whole numbers: what is there is counted round. */
export type Happening =
	| { type: 'upload'; stream: number; count: number }
	/** Stamped `agoSeconds` before now, and to be seen so many seconds after its stamp. */
	| { type: 'lateUpload'; stream: number; seconds: number; agoSeconds: number }
	| { type: 'edit'; stream: number; row: number; count: number }
	| { type: 'remove'; stream: number; row: number; count: number }
	| { type: 'mediaArrives' }
	| { type: 'defaultMapping' }
	| { type: 'eatLimit'; hits: number }
	| { type: 'lowerLimit'; hits: number }
	| { type: 'lowerCap'; cap: number }
	/** The server allows as many rows as at the beginning again. */
	| { type: 'raiseCap' }
	/** The project is made public or private, and later the other way round. */
	| { type: 'access' }
	/** The first form gets a branch, and that some entries. */
	| { type: 'branch'; count: number }
	/** A question is put in or taken out: columns are numbered anew. */
	| { type: 'form'; stream: number; position: number }
	| { type: 'token'; act: 'expire' | 'revoke' | 'drop'; times: number }
	| {
			type: 'refuse';
			how: 'wrong secret' | 'foreign client' | 'project gone' | 'maintenance';
			requests: number;
	  }
	| { type: 'fault'; fault: FaultName; times: number }
	| { type: 'clock'; process: number; jumpSeconds: number };

export const FAULTS = {
	'429 with seconds': { type: 'rateLimited', retryAfter: 17 },
	'429 with a date': { type: 'rateLimited', retryAfter: 'date' },
	'429 without a time': { type: 'rateLimited' },
	'500 JSON': { type: 'status', status: 500, body: 'json' },
	'500 HTML': { type: 'status', status: 500 },
	'502 HTML': { type: 'status', status: 502 },
	'503 HTML': { type: 'status', status: 503 },
	'504 JSON': { type: 'status', status: 504, body: 'json' },
	'404 HTML': { type: 'status', status: 404 },
	'200 HTML': { type: 'status', status: 200 },
	redirect: { type: 'status', status: 302, headers: { location: 'https://elsewhere.test/login' } },
	reset: { type: 'reset' },
	'time-out': { type: 'hang' },
	truncated: { type: 'truncate' },
	'invalid JSON': { type: 'invalidJson' },
	'slow drip': { type: 'drip', bytes: 2000, everyMs: 900 },
} as const;
export type FaultName = keyof typeof FAULTS;

export interface PlannedHappening {
	afterRequests: number;
	what: Happening;
}

export interface SyncAct {
	type: 'sync';
	consumer: number;
	batchSize?: number;
	maxRequests?: number;
	deadlineSeconds?: number;
	share?: number;
	/** Somebody stops it after so many requests. */
	abortAfter?: number;
	/** One request at a time, each page handed over by itself, until all streams have been read. */
	byPage?: true;
	/** The process dies: before the hand-over, or after it and before the state was saved. */
	crash?: 'before' | 'between';
}

export interface ReadAct {
	type: 'read';
	process: number;
	stream: number;
	mapping: number;
	query: QueryName;
	shape: 'raw' | 'tidy' | 'csv' | 'geojson' | 'nested' | 'flat';
	limit?: number;
	deadlineSeconds?: number;
	share?: number;
}

export const QUERIES = [
	'all',
	'newest upload first',
	'oldest first',
	'newest first',
	'by title',
	'created from',
	'created between',
	'uploaded from',
	'uploaded between',
	'uploaded from, created to',
	'title',
	'one',
	'below one',
] as const;
export type QueryName = (typeof QUERIES)[number];

export type Act =
	| SyncAct
	| ReadAct
	| { type: 'syncMedia'; consumer: number; most?: number }
	| { type: 'download'; process: number; row: number }
	| { type: 'findDeleted'; process: number; stream: number }
	/** The host goes back to what it saved so many times before, as a restored backup does. */
	| { type: 'rollBack'; consumer: number; saves: number }
	| { type: 'restart'; process: number; keepsTokens: boolean }
	| { type: 'pause'; seconds: number }
	| { type: 'happen'; what: Happening }
	| { type: 'together'; acts: [SyncAct, SyncAct | ReadAct] };
