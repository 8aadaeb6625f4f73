import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { ViolationKind } from './violations';

/** A text of a source file, and what stands there instead. */
interface Change {
	file: string;
	from: string;
	to: string;
}

/** A mistake that somebody could make in the core. */
export interface Defect {
	/** The promise that it breaks. */
	kind: ViolationKind;
	name: string;
	changes: Change[];
}

const ROOT = join(__dirname, '../../..');
const CURSOR = 'core/epicollect5/sync/cursor.ts';
const SESSION = 'core/epicollect5/sync/session.ts';
const SOURCES = 'core/epicollect5/sync/sources.ts';
const TAKE = 'core/epicollect5/sync/take.ts';
const STATE = 'core/epicollect5/sync/state.ts';
const PAGES = 'core/epicollect5/pages.ts';
const KEEPER = 'core/auth/tokenKeeper.ts';
const LIMITER = 'core/http/limiter.ts';
const STORY = 'test/core/soak/story.ts';

const defect = (
	kind: ViolationKind,
	name: string,
	...changes: Array<[file: string, from: string, to: string]>
): Defect => ({
	...{ kind, name },
	changes: changes.map(([file, from, to]) => ({ file, from, to })),
});

/** Each is one that the naive client makes (contract 15), or one line of the core left out. */
export const DEFECTS: readonly Defect[] = [
	defect(
		'lost',
		'pages by number',
		[CURSOR, 'round ? round.anchor : floor;', 'round ? round.from : floor;'],
		[
			CURSOR,
			'return { page: 1, sortBy: WAY.key, sortOrder: WAY.order, filter }',
			'return { page: 1 + (round?.owed ?? 0), sortBy: WAY.key, sortOrder: WAY.order, filter }',
		],
		[
			CURSOR,
			'round: { ...round, anchor: end, owed, crowd } });',
			'round: { ...round, anchor: end, owed: (round.owed ?? 0) + 1 } });',
		],
	),
	defect(
		'lost',
		'the watermark is from the local clock',
		[SOURCES, 'servedAt: this.servedAt };', "servedAt: run['clock'].now() };"],
		[CURSOR, 'if (watermark === undefined) return from;', 'return whole(servedAt ?? 0);'],
	),
	defect('lost', 'no overlap', [SESSION, 'overlapMs = OVERLAP_MS, batchSize', 'overlapMs = 0, batchSize']),
	defect('duplicated', 'what was delivered is not left out', [
		TAKE,
		'const isNews = !isKnown ||',
		'const isNews = true ||',
	]),
	defect('falseSuccess', "the server's own clock is believed to the second", [
		CURSOR,
		'whole(servedAt ?? -Infinity) - overlapMs) - overlapMs',
		'whole(servedAt ?? -Infinity)) - overlapMs',
	]),
	defect('lost', 'edits are not seen', [TAKE, 'const isNews = !isKnown ||', 'const isNews = !isKnown; void']),
	defect(
		'lost',
		'the state is saved before the hand-over',
		[STORY, 'this.stage.violations.push(...consumer.handOver(result.events));', ''],
		[STORY, 'consumer.forget(result.events);', 'consumer.save(state.state, []);'],
		[
			STORY,
			'consumer.save(state.state, result.events);',
			'consumer.handOver(result.events);\nconsumer.save(state.state, result.events);',
		],
	),
	defect('falseSuccess', '404 is taken for "there is nothing"', [
		PAGES,
		'if (!(error instanceof FieldDataError) ||',
		'if ((error as FieldDataError).status === 404) return { rows: [], total: 0, size };\nif (!(error instanceof FieldDataError) ||',
	]),
	defect(
		'lost',
		'a sync goes past a second with more than a page',
		[CURSOR, '=== end ? beginCrowd(end) : undefined', "=== end ? 'none' : undefined"],
		[
			CURSOR,
			'round: { ...round, anchor: end, owed, crowd } });',
			'round: { ...round, anchor: (end as number) + (crowd ? SECOND : 0), owed } });',
		],
	),
	defect('error', 'a reading goes past a second with more than a page', [
		'core/epicollect5/keyset.ts',
		'yield* readSecond(options, anchor);',
		'',
	]),
	defect('lost', 'a page ends behind its last second', [
		CURSOR,
		'round: { ...round, anchor: end, owed, crowd } });',
		'round: { ...round, anchor: (end as number) + SECOND, owed, crowd } });',
	]),
	defect('lost', 'the rows of a crowded second are not counted', [
		'core/epicollect5/crowd.ts',
		'crowd.met.size >= count',
		'crowd.met.size >= 0',
	]),
	defect('falseSuccess', 'deleted is who was not met, without counting', [
		'core/epicollect5/sync/deleted.ts',
		'if (ids.size === total) return ids;',
		'if (pages > 0) return new Set([...ids].slice(1));',
	]),
	defect('falseSuccess', 'a walk by number is not counted', [
		'core/epicollect5/numbered.ts',
		'if (walk.isWhole) return;',
		'return;',
	]),
	defect('falseSuccess', 'a deletion during a walk by number is not noticed', [
		'core/epicollect5/numbered.ts',
		'this.hasShrunk = true;',
		'this.hasShrunk = false;',
	]),
	defect(
		'tokens',
		'a token for each request',
		[KEEPER, 'if (!this.pending && this.current &&', 'if (this.failure && this.current &&'],
		[KEEPER, 'if (stored && !this.dead', 'if (stored && this.failure && !this.dead'],
	),
	defect('lost', 'a revoked token is not renewed', [
		'core/epicollect5/rules.ts',
		"remedy: 'renewToken',",
		"remedy: 'none',",
	]),
	defect('tokens', 'the store is not read before a token is asked for', [
		KEEPER,
		'const stored = await readStore(source);',
		'const stored = await readStore({ ...source, store: { ...source.store, read: async () => undefined } });',
	]),
	defect('requests', 'a refusal by the limit is repeated at once', [
		LIMITER,
		'this.notBefore = Math.max(this.notBefore, now + retryAfterMs);',
		'',
	]),
	defect('requests', 'the limit is not kept to', [LIMITER, 'plan.find(({ ms }) => ms === 0);', 'plan[0];']),
	defect('error', 'an ended sleep is awaited by nobody', [
		LIMITER,
		'() => this.goOn(),\n			() => undefined,',
		'() => this.goOn(),',
	]),
	defect('tokens', 'a client app may ask for any number of tokens', [
		KEEPER,
		'export const TOKENS_PER_HOUR = 6;',
		'export const TOKENS_PER_HOUR = Infinity;',
	]),
	defect('requests', 'the budget is ignored', [
		SESSION,
		'return this.sources.requests >= (this.options.maxRequests ?? Infinity);',
		'return false;',
	]),
	defect('requests', 'the deadline is ignored', [
		LIMITER,
		'latestMs + ms > waiter.deadline);',
		'latestMs + ms > Infinity);',
	]),
	defect(
		'type',
		'what was there before the start is not met',
		[SESSION, 'this.olderWaits >= OLDER_EVERY &&', 'this.olderWaits < 0 &&'],
		[SESSION, 'while (isLeft &&', 'while (!isLeft &&'],
	),
	defect('type', 'what was there before the start is met, and not noted', [
		SESSION,
		'this.known = this.known.with(met.keys);',
		'',
	]),
	defect('type', 'every version is created', [
		TAKE,
		"event(isKnown ? 'updated' : 'created', row, context)",
		"event('created', row, context)",
	]),
	defect('type', 'every version is updated', [
		TAKE,
		"event(isKnown ? 'updated' : 'created', row, context)",
		"event('updated', row, context)",
	]),
	defect('answer', 'a table has its cells in another order than its header', [
		'core/epicollect5/csv.ts',
		'entries.map((entry) => columns.map(',
		'entries.map((entry) => columns.toReversed().map(',
	]),
	defect('falseSuccess', 'branches are left out of a list of joined entries', [
		'core/epicollect5/joined.ts',
		'const below = [...node.branches, ...node.children];',
		'const below = node.children;',
	]),
	defect('secret', 'a redirect takes the token along', [
		'core/http/redirects.ts',
		'if (!isSameOrigin(to.href, request.url)) {',
		'if (to.href === request.url) {',
	]),
	defect('falseSuccess', 'a failure is swallowed as the end', [
		SESSION,
		'this.error ??= error;\n			if (!isOfStream(error)) return reason;',
		"if (!isOfStream(error)) return 'end';",
	]),
	defect('falseSuccess', 'the deadline is reported as the end', [
		SESSION,
		"if (reason === 'deadline') return reason;",
		"if (reason === 'deadline') return 'end';",
	]),
	defect('falseSuccess', 'a full batch counts as a whole page', [
		CURSOR,
		'isLastPage(page, 1) && !taken.isCut',
		'isLastPage(page, 1)',
	]),
	defect('lost', 'a smaller page is taken for the last one', [
		PAGES,
		'return rows.length === 0 ||',
		'return rows.length < PAGE_SIZE ||',
	]),
	defect('falseSuccess', 'a file is said to have arrived without a look at it', [
		'core/epicollect5/sync/media.ts',
		'if (isThere) result.events.push(',
		'result.events.push(',
	]),
	defect('lost', 'a missing file is forgotten after one more try', [
		'core/epicollect5/sync/media.ts',
		'if (left) pending.set(media.name, left);',
		'if (!left) pending.set(media.name, media);',
	]),
	defect('type', 'the IDs that were met are lost at a restart', [
		STATE,
		'known: IdSet.unpack(String(kept.known)),',
		'known: IdSet.EMPTY,',
	]),
	defect('duplicated', 'what was just delivered is lost at a restart', [
		STATE,
		'recent: Recent.unpack(kept.recent),',
		'recent: Recent.EMPTY,',
	]),
	defect('falseSuccess', 'siblings are lost when entries are joined', [
		'core/epicollect5/joined.ts',
		'if (siblings) siblings.push(row);',
		'if (siblings) continue;',
	]),
	defect('secret', 'an error carries what the transport threw', [
		'core/http/caller.ts',
		'return new NetworkError(`No answer from ${host}`, {',
		'return new NetworkError(`No answer from ${host}`, {\ncause,',
	]),
];

/** @throws where the text to be changed is no longer there, or stands there twice: the list has to follow the core */
export function changed(source: string, { file, from, to }: Change): string {
	const parts = source.split(from);
	if (parts.length !== 2)
		throw new Error(`${file}: found ${parts.length - 1} times instead of once: ${from}`);
	return parts.join(to);
}

/** The program of main.ts with a mistake in it, or without any. */
export async function bundle(outfile: string, changes: readonly Change[] = []): Promise<void> {
	const patch: Plugin = {
		name: 'patch',
		setup: ({ onLoad }) => {
			onLoad({ filter: /\.ts$/ }, async ({ path }) => {
				const mine = changes.filter(({ file }) => path === join(ROOT, file));
				return { loader: 'ts', contents: mine.reduce(changed, await readFile(path, 'utf8')) };
			});
		},
	};
	await build({
		...{ entryPoints: [join(ROOT, 'test/core/soak/main.ts')], outfile, bundle: true, platform: 'node' },
		...{ target: 'node20', logLevel: 'error', plugins: changes.length > 0 ? [patch] : [] },
	});
}
