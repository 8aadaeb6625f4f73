import fc, { type Arbitrary } from 'fast-check';
import {
	FAULTS,
	QUERIES,
	type Act,
	type ConsumerPlan,
	type FaultName,
	type Happening,
	type ReadAct,
	type Story,
	type SyncAct,
	type WorldPlan,
} from './plan';

const { integer, constant, constantFrom, boolean, record, array, oneof } = fc;
const place = integer({ min: 0, max: 9999 });
/** Half of everything is about the first form, so that much of it meets. */
const stream = oneof(constant(0), place);
/** How often each is chosen. */
const weighted = <T>(...choices: Array<[weight: number, arbitrary: Arbitrary<T>]>) =>
	oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** Left out as many times as not, or more often. */
const maybe = <T>(arbitrary: Arbitrary<T>, without = 2): Arbitrary<T | undefined> =>
	weighted<T | undefined>([without, constant(undefined)], [1, arbitrary]);

type Size = Pick<WorldPlan, 'rows' | 'below' | 'perSecond' | 'everySeconds' | 'perPageCap'>;
const size = (rows: number, more: Partial<Size> = {}): Arbitrary<Size> =>
	constant({ rows, below: 0, perSecond: 1, everySeconds: 7, perPageCap: 500, ...more });

/** Small pages make many of few rows; a server with pages of 500 needs hundreds of rows to have two. */
const small: Arbitrary<Size> = record({
	rows: integer({ min: 0, max: 90 }),
	below: integer({ min: 0, max: 25 }),
	perSecond: constantFrom(1, 1, 2, 4, 9),
	everySeconds: constantFrom(1, 3, 20, 300),
	perPageCap: constantFrom(10, 10, 15, 31),
});

const sizes: Arbitrary<Size> = weighted<Size>(
	[4, size(0, { perPageCap: 10 })],
	[4, size(1, { perPageCap: 10 })],
	[59, small],
	// 10, 9 and 11 rows on pages of 10; and more than a page in one second.
	[6, oneof(...[9, 10, 11, 20, 30].map((rows) => size(rows, { perPageCap: 10 })))],
	[14, oneof(...[11, 24, 45].map((rows) => size(rows, { perPageCap: 10, perSecond: rows - 1 })))],
	// A crowded second whose pages get smaller, and larger again, on the way.
	[8, oneof(...[35, 64, 90].map((rows) => size(rows, { perPageCap: 31, perSecond: rows - 3 })))],
	[8, oneof(...[499, 500, 501].map((rows) => size(rows)))],
	[2, size(1200, { perSecond: 1200 })],
	[3, size(5000, { below: 900, perSecond: 4 })],
);

const world: Arbitrary<WorldPlan> = record({
	size: sizes,
	project: weighted<WorldPlan['project']>(
		[6, constant('trip')],
		[2, constant('random')],
		[1, constant('many mappings')],
	),
	texts: constantFrom('plain', 'plain', 'plain', 'odd') as Arbitrary<WorldPlan['texts']>,
	access: constantFrom('public', 'private'),
	ageSeconds: constantFrom(0, 0, 40, 400, 7 * 86_400),
	ties: constantFrom('insertion', 'insertion', 'shuffled'),
	limits: constantFrom('production', 'off'),
	isDated: weighted([5, constant(true)], [1, constant(false)]),
	dateSkewSeconds: constantFrom(0, 0, 0, 200, 300, -4000),
	isQuietCap: weighted([7, constant(false)], [1, constant(true)]),
	tokenSeconds: constantFrom(7200, 7200, 900, 300),
	takesMs: constantFrom(0, 40, 900),
	skewsMs: fc.tuple(
		constantFrom(0, 0, 0, -3_600_000, 5_400_000),
		constantFrom(0, 0, 1_000, -86_400_000),
	) as Arbitrary<[number, number]>,
	sharesTokens: boolean(),
	isElsewhere: boolean(),
}).map(({ size: chosen, ...rest }) => ({ ...chosen, ...rest }) as WorldPlan);

const consumer: Arbitrary<ConsumerPlan> = record({
	process: integer({ min: 0, max: 1 }),
	streams: weighted(
		[3, constant([])],
		[2, array(integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 2 })],
	),
	start: constantFrom('beginning', 'beginning', 'now', 'date', 'soon'),
	mapping: integer({ min: 0, max: 3 }),
});

const count = weighted([4, integer({ min: 1, max: 3 })], [1, integer({ min: 4, max: 25 })]);
const times = weighted([3, constant(1)], [2, integer({ min: 2, max: 5 })]);

/** A transaction that is still under way, while others come after it and are seen before it (contract 13.3). */
const late: Arbitrary<Happening> = record({
	stream,
	seconds: integer({ min: 2, max: 300 }),
	part: integer({ min: 0, max: 9 }),
}).map(({ stream, seconds, part }) => ({
	...{ type: 'lateUpload', stream, seconds },
	agoSeconds: Math.floor((seconds * part) / 10),
}));

/** What people do at a desk. */
const tidying: Arbitrary<Happening> = weighted<Happening>(
	[4, record({ type: constant('edit'), stream, row: place, count })],
	[4, record({ type: constant('remove'), stream, row: place, count: constantFrom(1, 1, 2, 3, 25) })],
	[1, constant({ type: 'defaultMapping' })],
	[1, record({ type: constant('form'), stream, position: integer({ min: 0, max: 4 }) })],
	[1, constant({ type: 'access' })],
	[1, record({ type: constant('branch'), count })],
);

/** What phones do besides. */
const change: Arbitrary<Happening> = weighted<Happening>(
	[6, tidying],
	[4, record({ type: constant('upload'), stream, count })],
	[3, late],
	[1, constant({ type: 'mediaArrives' })],
);

/** What goes wrong. */
const trouble: Arbitrary<Happening> = weighted<Happening>(
	[2, record({ type: constant('eatLimit'), hits: integer({ min: 1, max: 5 }) })],
	[1, record({ type: constant('lowerLimit'), hits: integer({ min: 1, max: 3 }) })],
	[2, record({ type: constant('lowerCap'), cap: constantFrom(10, 13, 31, 250) })],
	[1, constant({ type: 'raiseCap' })],
	[3, record({ type: constant('token'), act: constantFrom('expire', 'revoke', 'drop'), times })],
	[
		3,
		record({
			type: constant('refuse'),
			how: constantFrom('wrong secret', 'foreign client', 'project gone', 'maintenance', 'maintenance'),
			requests: integer({ min: 1, max: 7 }),
		}),
	],
	[
		9,
		record({ type: constant('fault'), fault: constantFrom(...(Object.keys(FAULTS) as FaultName[])), times }),
	],
	[1, record({ type: constant('clock'), process: place, jumpSeconds: constantFrom(-4000, -90, 100, 7300) })],
);

/** All at once, or only some of it: a fault that hides behind another one shows where it is alone. */
const mixtures = [weighted([3, change], [2, trouble]), weighted([4, tidying], [1, trouble]), change, trouble];
const happening = oneof(...mixtures);

const sync: Arbitrary<SyncAct> = record({
	type: constant('sync'),
	consumer: integer({ min: 0, max: 1 }),
	batchSize: maybe(integer({ min: 1, max: 40 })),
	maxRequests: maybe(integer({ min: 1, max: 6 })),
	deadlineSeconds: maybe(integer({ min: 1, max: 150 })),
	share: maybe(constantFrom(0.5, 0.2), 6),
	abortAfter: maybe(integer({ min: 1, max: 9 }), 8),
	byPage: maybe(constant(true), 4),
	crash: maybe(constantFrom('before', 'between')),
});

const read: Arbitrary<ReadAct> = record({
	type: constant('read'),
	process: integer({ min: 0, max: 1 }),
	stream,
	mapping: integer({ min: 0, max: 3 }),
	query: constantFrom('all', 'by title', ...QUERIES),
	shape: constantFrom('raw', 'raw', 'tidy', 'tidy', 'csv', 'geojson', 'nested', 'nested', 'flat'),
	limit: maybe(oneof(integer({ min: 1, max: 30 }), constant(9000), constant(9000)), 1),
	deadlineSeconds: maybe(integer({ min: 1, max: 200 }), 6),
	share: maybe(constantFrom(0.5, 0.2), 6),
});

const act: Arbitrary<Act> = weighted<Act>(
	[8, sync],
	[7, read],
	[
		2,
		record({
			type: constant('syncMedia'),
			consumer: integer({ min: 0, max: 1 }),
			most: maybe(constantFrom(1, 3)),
		}),
	],
	[2, record({ type: constant('download'), process: integer({ min: 0, max: 1 }), row: place })],
	[2, record({ type: constant('findDeleted'), process: integer({ min: 0, max: 1 }), stream })],
	[1, record({ type: constant('restart'), process: integer({ min: 0, max: 1 }), keepsTokens: boolean() })],
	[3, record({ type: constant('pause'), seconds: constantFrom(1, 30, 200, 301, 900, 40_000, 90_000) })],
	[
		1,
		record({
			...{ type: constant('rollBack'), consumer: integer({ min: 0, max: 1 }) },
			saves: integer({ min: 1, max: 4 }),
		}),
	],
	[4, record({ type: constant('happen'), what: happening })],
	[1, record({ type: constant('together'), acts: fc.tuple(sync, oneof(sync, read)) })],
);

/** At once after each other, or now and then. */
const happenings = oneof(
	...mixtures.flatMap((what) =>
		[1, 3, 6].map((max) =>
			array(record({ afterRequests: integer({ min: 1, max }), what }), { maxLength: 24, size: 'max' }),
		),
	),
);

const stories: Arbitrary<Story> = record({
	seed: integer({ min: 1, max: 0x7fffffff }),
	world,
	consumers: array(consumer, { minLength: 1, maxLength: 2 }),
	happenings,
	use: array(act, { minLength: 1, maxLength: 14, size: 'max' }),
}) as Arbitrary<Story>;

/** The story of a seed: the same on every machine. Without the bias towards small values, which is for the first runs. */
export const unbiased = fc.noBias(stories);
