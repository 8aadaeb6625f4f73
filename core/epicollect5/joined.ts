import { IncompleteError } from '../http/errors';
import type { Run } from '../run';
import type { Epicollect5Client } from './client';
import type { Stream } from './columns';
import { collectEntries } from './entries';
import { entryId, type RawEntry } from './entry';
import { familyOf, flatNames, type FamilyChoices, type Member, type Renaming } from './family';
import { PAGE_SIZE } from './pages';
import type { EntriesQuery } from './query';
import { fits, type GetProject, type ReadRequest } from './reading';
import { toldIn } from './stopped';
import type { TidyEntry, TidyPage } from './tidy';

/** The filters, the order and the limit are those of the first form's entries; what is below comes with them. */
export interface JoinedRequest extends Omit<ReadRequest, 'branchRef' | 'ownerUuid'>, FamilyChoices {
	/** Told of child and branch entries whose parent is missing: they stand nowhere in what is read. */
	onOrphans?: (stream: Stream, entries: TidyEntry[]) => void;
}

/** `children` are of the form below, `branches` by the names of their questions. */
export type NestedEntry = TidyEntry | { children?: NestedEntry[]; branches?: Record<string, TidyEntry[]> };

/** An entry with what belongs to it. */
interface Node {
	member: Member;
	entry: TidyEntry;
	children: Node[];
	branches: Node[];
}

/**
 * Reads entries with the entries of the forms below and of the branches in them. Where everything is read, the forms
 * below are read first and kept, and the first form's entries are handed over as they come. Where some are chosen, they
 * are read first, and what is below is read by parent while that costs fewer requests than reading it whole.
 *
 * Orphans are counted in the run's summary and told to `onOrphans`; what belongs to entries that were not chosen is
 * counted as `notSelected`.
 * @throws FieldDataError while iterating; IncompleteError where the form is changed after the first page
 */
export async function* readNestedEntries(
	client: Epicollect5Client,
	request: JoinedRequest,
	getProject: GetProject,
	run: Run,
): AsyncGenerator<NestedEntry[]> {
	for await (const { nodes } of readNodes(client, request, getProject, run)) {
		if (nodes.length > 0) yield nodes.map(nested);
	}
}

/**
 * As {@link readNestedEntries}, one row for each entry that has none below it, with those above it repeated: a site with
 * two visits and three trees makes five rows. What a row has no entry for is null. The first page may be empty.
 */
export async function* readFlatEntries(
	client: Epicollect5Client,
	request: JoinedRequest,
	getProject: GetProject,
	run: Run,
): AsyncGenerator<TidyPage> {
	for await (const { nodes, family } of readNodes(client, request, getProject, run)) {
		const renaming = flatNames(family, request.names);
		const fields = [...renaming.values()].flat().map(({ field }) => field);
		// An own property for each name, also for __proto__: assigning to it changes no prototype then.
		const blank = Object.fromEntries(fields.map(({ name }) => [name, null]));
		yield { entries: nodes.flatMap((node) => flatRows(node, blank, renaming)), fields };
	}
}

interface NodePage {
	nodes: Node[];
	family: Member[];
}

/** The forms were changed since their definition was kept. */
class FormChanged extends Error {}

function readNodes(
	client: Epicollect5Client,
	request: JoinedRequest,
	getProject: GetProject,
	run: Run,
): AsyncGenerator<NodePage> {
	return toldIn(run, allNodes(client, request, getProject, run));
}

async function* allNodes(
	client: Epicollect5Client,
	request: JoinedRequest,
	getProject: GetProject,
	run: Run,
): AsyncGenerator<NodePage> {
	let hasBegun = false;
	for (const isFresh of [false, true]) {
		const family = familyOf(await getProject(isFresh), request);
		try {
			for await (const nodes of new Joining(client, request, run, family, isFresh).read()) {
				if (nodes.length === 0 && hasBegun) continue;
				hasBegun = true;
				yield { nodes, family };
			}
			return;
		} catch (error) {
			if (!(error instanceof FormChanged)) throw error;
			if (isFresh) break;
			if (!hasBegun) continue;
			await getProject(true);
			break;
		}
	}
	throw new IncompleteError('The form was changed while it was read', {
		code: 'form_changed',
		hint: 'Run it again: the new form is known then.',
	});
}

/** One reading of a family. */
class Joining {
	private readonly top: Member;
	private readonly lower: Member[];
	/** By member, then by the ID of the entry they belong to. */
	private readonly found = new Map<Member, Map<string, RawEntry[]>>();
	/** By member: entries that have been met, with their place in the hierarchy. */
	private readonly met = new Map<Member, Set<string>>();

	constructor(
		private readonly client: Epicollect5Client,
		private readonly request: JoinedRequest,
		private readonly run: Run,
		family: readonly Member[],
		private readonly isFresh: boolean,
	) {
		const [top, ...lower] = family;
		this.top = top!;
		this.lower = lower;
		for (const member of family) this.met.set(member, new Set());
	}

	/** Pages of the first form's entries; the first one may be empty. */
	async *read(): AsyncGenerator<Node[]> {
		if (isChosen(this.request)) yield* this.readChosen();
		else yield* this.readAll();
	}

	private async *readAll(): AsyncGenerator<Node[]> {
		for (const member of this.lower) this.keep(member, await this.collect(member));
		yield [];
		for await (const rows of this.rows(this.top)) yield rows.map((row) => this.node(this.top, row));
		this.tellOrphans();
	}

	private async *readChosen(): AsyncGenerator<Node[]> {
		const { summary } = this.run;
		const chosen = await this.collect(this.top);
		const { stoppedBy } = summary;
		const ids = new Map([[this.top, new Set(chosen.map(entryId))]]);
		summary.notSelected ??= 0;
		for (const member of this.lower) {
			const parents = ids.get(member.parent!)!;
			const rows = await this.below(member, parents);
			ids.set(member, new Set(rows.map(entryId)));
			this.keep(member, rows);
		}
		// Until the last page is taken.
		summary.stoppedBy = 'aborted';
		yield [];
		for (let i = 0; i < chosen.length; i += PAGE_SIZE) {
			yield chosen.slice(i, i + PAGE_SIZE).map((row) => this.node(this.top, row));
		}
		summary.stoppedBy = stoppedBy;
	}

	/** The entries of a member that belong to these parents, with as few requests as possible. */
	private async below(member: Member, parents: ReadonlySet<string>): Promise<RawEntry[]> {
		if (parents.size === 0) return [];
		const { summary } = this.run;
		if (parents.size <= Math.max(1, Math.ceil(member.count / PAGE_SIZE))) {
			const rows: RawEntry[] = [];
			for (const id of parents) rows.push(...(await this.collect(member, ofParent(member, id))));
			return rows;
		}
		const all = await this.collect(member);
		const rows = all.filter((row) => parents.has(parentId(member, row)));
		summary.notSelected! += all.length - rows.length;
		return rows;
	}

	private async collect(member: Member, which: Partial<EntriesQuery> = {}): Promise<RawEntry[]> {
		return await collectEntries(this.rows(member, which));
	}

	/** @throws FormChanged */
	private async *rows(member: Member, which: Partial<EntriesQuery> = {}): AsyncGenerator<RawEntry[]> {
		const { slug } = this.request;
		const filters = member === this.top ? this.request : {};
		const query = { ...filters, ...member.shape.question, ...which, wholePages: this.request.choiceFields };
		for await (const rows of this.client.entries(slug, query, this.run)) {
			if (!fits(rows, member.shape.columns, this.request, this.isFresh)) throw new FormChanged();
			yield rows;
		}
	}

	private keep(member: Member, rows: readonly RawEntry[]): void {
		const byParent = new Map<string, RawEntry[]>();
		for (const row of rows) {
			const parent = parentId(member, row);
			const siblings = byParent.get(parent);
			if (siblings) siblings.push(row);
			else byParent.set(parent, [row]);
		}
		this.found.set(member, byParent);
	}

	/** An entry may come again in a newer version: what belongs to it is not used up. */
	private node(member: Member, row: RawEntry): Node {
		const id = entryId(row);
		this.met.get(member)!.add(id);
		const of = (other: Member) =>
			(this.found.get(other)!.get(id) ?? []).map((found) => this.node(other, found));
		return {
			member,
			entry: member.shape.tidy(row),
			children: member.child ? of(member.child) : [],
			branches: member.branches.flatMap(of),
		};
	}

	private tellOrphans(): void {
		const { summary } = this.run;
		summary.orphans ??= 0;
		for (const member of this.lower) {
			const met = this.met.get(member)!;
			const rows = [...this.found.get(member)!.values()].flat();
			const orphans = rows.filter((row) => !met.has(entryId(row)));
			summary.orphans += orphans.length;
			if (orphans.length > 0) this.request.onOrphans?.(member.stream, orphans.map(member.shape.tidy));
		}
	}
}

function isChosen({ limit, title, uuid, parentUuid, created, uploaded }: JoinedRequest): boolean {
	return [limit, title, uuid, parentUuid, created, uploaded].some((filter) => filter !== undefined);
}

function ofParent({ link, parent }: Member, id: string): Partial<EntriesQuery> {
	return link === 'ec5_branch_owner_uuid'
		? { ownerUuid: id }
		: { parentUuid: id, parentFormRef: parent?.stream.formRef };
}

function parentId({ link }: Member, row: RawEntry): string {
	return String(row[link]);
}

function nested({ member, entry, children, branches }: Node): NestedEntry {
	const all = member.branches.map((branch) => [
		branch.name,
		branches.filter((node) => node.member === branch).map((node) => node.entry),
	]);
	return {
		...entry,
		...(member.child && { children: children.map(nested) }),
		...(all.length > 0 && { branches: Object.fromEntries(all) as Record<string, TidyEntry[]> }),
	};
}

function flatRows(node: Node, above: TidyEntry, renaming: Renaming): TidyEntry[] {
	const row = { ...above };
	for (const { from, field } of renaming.get(node.member)!) {
		if (Object.hasOwn(node.entry, from)) row[field.name] = node.entry[from]!;
	}
	const below = [...node.branches, ...node.children];
	return below.length === 0 ? [row] : below.flatMap((one) => flatRows(one, row, renaming));
}
