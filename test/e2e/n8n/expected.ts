import type { Sandbox } from '../../../sandbox/src';
import { formsOf } from '../../../sandbox/src/epicollect5/definition';
import {
	answersOf,
	asMap,
	type Entry,
	type Input,
	type InputMap,
} from '../../../sandbox/src/epicollect5/model';
import type { Project } from '../../../sandbox/src/epicollect5/store';

/** How tidy entries are wanted. */
export interface Style {
	names?: 'mapping' | 'ref' | 'question';
	mapIndex?: number;
	choices?: boolean;
}

type Json = Record<string, unknown>;

/** What the sandbox holds, as a user of the node expects it: made from what is stored, without the export or the core. */
export class Expected {
	readonly project: Project;

	constructor(
		private readonly sandbox: Sandbox,
		private readonly slug: string,
	) {
		const project = sandbox.epicollect5.store.bySlug(slug);
		if (!project) throw new Error(`No project ${slug}`);
		this.project = project;
	}

	get forms() {
		return formsOf(this.project.definition);
	}

	/** By the name of a form, or of a form and a branch in it. */
	ref(form: string, branch?: string): string {
		const found = this.forms.find(({ name }) => name === form)!;
		return branch === undefined
			? found.ref
			: found.inputs.find(({ type, question }) => type === 'branch' && question === branch)!.ref;
	}

	/** The rows as they are stored, in the order of their insertion. */
	rows(form: string, branch?: string): readonly Entry[] {
		return this.project.stream(this.ref(form, branch)).all();
	}

	/** All entries of a form or branch, tidy. */
	entries(form: string, branch?: string, style: Style = {}): Json[] {
		return this.rows(form, branch).map((row) => this.tidy(row, style));
	}

	/** One entry, tidy. */
	tidy(row: Entry, style: Style = {}): Json {
		const form = this.forms.find(({ ref }) => ref === row.formRef)!;
		const isTop = this.forms[0] === form;
		const mapping = asMap(this.project.mappings.get(style.mapIndex ?? 0)!.forms[form.ref]);
		const branch = form.inputs.find(({ ref }) => ref === row.branchRef);
		const uploaded = new Date(row.uploadedAt).toISOString();
		const identity = branch
			? { ec5_branch_owner_uuid: row.ownerUuid, ec5_branch_uuid: row.uuid }
			: { ec5_uuid: row.uuid, ...(isTop ? {} : { ec5_parent_uuid: row.parentUuid }) };
		return {
			...identity,
			created_at: row.documentCreatedAt ?? new Date(row.createdAt).toISOString(),
			uploaded_at: uploaded,
			title: row.title,
			...this.answers(
				branch ? branch.branch : form.inputs,
				branch ? asMap(mapping[branch.ref]?.branch) : mapping,
				{ row, style },
			),
			eventId: `${this.slug}/${row.branchRef ?? row.formRef}/${row.uuid}/${uploaded}`,
		};
	}

	private answers(
		inputs: readonly Input[],
		names: Record<string, InputMap>,
		of: { row: Entry; style: Style },
	): Json {
		const all = inputs.map((input): Json => {
			const map = names[input.ref];
			if (input.type === 'readme' || map === undefined) return {};
			if (input.type === 'group') return this.answers(input.group, asMap(map.group), of);
			if (map.hide) return {};
			const stored = answersOf(of.row)[input.ref]?.answer;
			const { names: style = 'mapping', choices } = of.style;
			const name = { mapping: map.map_to, ref: input.ref, question: input.question.trim() }[style];
			const chosen = (Array.isArray(stored) ? stored : [stored]) as unknown[];
			const whether = input.possible_answers.map(({ answer, answer_ref: ref }) => {
				const word = { mapping: asMap(map.possible_answers)[ref]?.map_to ?? answer, ref, question: answer };
				return [`${name}/${word[style]}`, chosen.includes(ref)];
			});
			return {
				[name]: this.value(input, map, stored, of.row),
				...(choices ? (Object.fromEntries(whether) as Json) : {}),
			};
		});
		return Object.assign({}, ...all) as Json;
	}

	private value(input: Input, map: InputMap, stored: unknown, row: Entry): unknown {
		const texts = asMap(map.possible_answers);
		const empty = stored === undefined || stored === '';
		switch (input.type) {
			case 'integer':
			case 'decimal':
				return empty ? null : Number(stored);
			case 'branch':
				return this.project.stream(input.ref).ownedBy(row.uuid).length;
			case 'date':
				return empty ? null : DATE[input.datetime_format!]!(String(stored).slice(0, 10));
			case 'time':
				return empty ? null : TIME[input.datetime_format!]!(String(stored).slice(11, 19));
			case 'radio':
			case 'dropdown':
				return empty ? null : texts[String(stored)]!.map_to;
			case 'checkbox':
			case 'searchmultiple':
				return ((stored ?? []) as string[]).map((ref) => texts[ref]!.map_to);
			case 'searchsingle':
				return ((stored ?? []) as string[]).map((ref) => texts[ref]!.map_to)[0] ?? null;
			case 'location': {
				const place = stored as { latitude: number | ''; longitude: number; accuracy: number } | undefined;
				if (!place || place.latitude === '') return null;
				return { latitude: place.latitude, longitude: place.longitude, accuracy: place.accuracy };
			}
			case 'photo':
			case 'audio':
			case 'video':
				return empty ? null : this.file(input.type, String(stored), row);
			default:
				// The service sends each character outside the BMP as a question mark (contract 8.1).
				return empty ? null : String(stored).replace(/[\u{10000}-\u{10FFFF}]/gu, '?');
		}
	}

	/** Public projects send an address, private ones the name alone. */
	private file(type: string, name: string, row: Entry): Json {
		if (this.project.row.access === 'private') return { name, type, url: null };
		const format = type === 'photo' ? 'entry_original' : type;
		const address = `${this.sandbox.addresses.epicollect5}/api/media/${this.slug}`;
		const version = Math.floor(row.uploadedAt / 1_000);
		return { name, type, url: `${address}?type=${type}&format=${format}&name=${name}&v=${version}` };
	}
}

const same = (text: string) => text;
const DATE: Record<string, (day: string) => string> = {
	'dd/MM/YYYY': same,
	'MM/dd/YYYY': same,
	'YYYY/MM/dd': same,
	'MM/YYYY': (day) => day.slice(0, 7),
	'dd/MM': (day) => day.slice(5),
};
const TIME: Record<string, (time: string) => string> = {
	'HH:mm:ss': same,
	'hh:mm:ss': same,
	'HH:mm': (time) => `${time.slice(0, 5)}:00`,
	'hh:mm': (time) => `${time.slice(0, 5)}:00`,
	'mm:ss': (time) => `00:${time.slice(3)}`,
};

/** For comparing without an order. */
export function byId<T extends Json>(entries: readonly T[]): T[] {
	const id = (entry: T) => JSON.stringify([entry.ec5_branch_uuid ?? entry.ec5_uuid ?? entry.id]);
	return [...entries].sort((a, b) => id(a).localeCompare(id(b)));
}
