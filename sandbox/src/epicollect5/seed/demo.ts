import { mixSeed, seededRandom, type Random } from '../../shared/random';
import { autoMapping } from '../autoMapping';
import { branchesOf, formsOf, walkInputs } from '../definition';
import type { Entry, Form, Input, Mapping, MediaFile } from '../model';
import { answersOf, asMap } from '../model';
import type { Epicollect5Service } from '../service';
import { Project } from '../store';
import { makeAnswers, makeTitle, type RowSeed } from './answers';
import { demoDefinition } from './definitions';
import { EMAILS } from './words';

/** How much demo data. */
export interface DemoOptions {
	/** Rows of the first form of each project. */
	entries: number;
	seed: number;
	/** Most rows that share one second: a phone uploading its backlog. */
	ties?: number;
	/** Which projects; default all three. */
	projects?: DemoProjectName[];
	/** Rows of child forms and branches too; default true. */
	children?: boolean;
}

export type DemoProjectName = 'public' | 'private' | 'other';

/** The demo's timeline: fixed, so that the same seed gives the same rows on any day. */
const FIRST_UPLOAD = Date.UTC(2024, 0, 8, 8, 0, 0);
const LAST_UPLOAD = Date.UTC(2025, 5, 30, 18, 0, 0);
const NEVER_UPLOADED = 0.12;

const PROJECTS = [
	{ key: 'public', access: 'public', share: 1, id: 1 },
	{ key: 'private', access: 'private', share: 1, id: 2 },
	{ key: 'other', access: 'private', share: 0.1, id: 3 },
] as const;

/** Fills a service with a public project, a private one, and a private one of another app. */
export function seedDemo(service: Epicollect5Service, options: DemoOptions): void {
	const wanted = options.projects ?? PROJECTS.map(({ key }) => key);
	for (const { key, access, share, id } of PROJECTS) {
		if (!wanted.includes(key)) continue;
		const name = `Sandbox ${key.charAt(0).toUpperCase()}${key.slice(1)}`;
		const project = demoProject({ id, name, slug: `sandbox-${key}`, access, stamp: '2024-01-05 09:30:00' });
		service.store.projects.push(project);
		service.tokens.clients.set(id, { id, secret: service.tokens.secretFor(id), project: project.row.slug });
		fillProject(project, { ...options, entries: Math.ceil(options.entries * share) });
	}
}

/** What makes a demo project. */
export interface DemoProjectParts {
	id: number;
	name: string;
	slug: string;
	access: 'public' | 'private';
	/** When it was made: `2024-01-05 09:30:00`. */
	stamp: string;
}

/** A demo project without entries: definition, EC5_AUTO and a custom mapping. */
export function demoProject({ id, name, slug, access, stamp }: DemoProjectParts): Project {
	const definition = demoDefinition(name, slug, access, 'Made up by the sandbox. Ünïcode ✓');
	const auto = autoMapping(definition, true);
	return new Project(
		{
			id,
			ref: definition.id,
			name,
			slug,
			access,
			status: 'active',
			visibility: 'listed',
			category: 'environment',
			created_at: stamp,
			updated_at: stamp,
			structure_last_updated: stamp,
		},
		definition,
		new Map([
			[0, auto],
			[1, shortMapping(auto, formsOf(definition)[0] as Form)],
		]),
	);
}

/** A custom mapping with short names for the first form and its last question hidden. */
function shortMapping(auto: Mapping, form: Form): Mapping {
	const copy = structuredClone(auto);
	const inputs = form.inputs.filter((input) => input.type !== 'readme');
	const map = asMap(copy.forms[form.ref]);
	for (const input of inputs) {
		const entry = map[input.ref];
		if (entry === undefined || input.type === 'branch' || input.type === 'group') continue;
		entry.map_to = input.question
			.toLowerCase()
			.replace(/[^a-z0-9]+/g, '_')
			.replace(/^_+|_+$/g, '')
			.slice(0, 20);
	}
	const last = inputs.at(-1);
	if (last !== undefined && map[last.ref] !== undefined) (map[last.ref] as { hide: boolean }).hide = true;
	return { ...copy, name: 'short', is_default: false, map_index: 1 };
}

interface Timeline {
	random: Random;
	uploadedAt(index: number): number;
}

/** Uploads in order of time; now and then several in one second. */
function timeline(count: number, ties: number, random: Random): Timeline {
	const step = Math.max(1, Math.floor((LAST_UPLOAD - FIRST_UPLOAD) / 1000 / Math.max(1, count)));
	let together = 0;
	let current = FIRST_UPLOAD;
	return {
		random,
		uploadedAt: (index) => {
			if (together > 0) together -= 1;
			else {
				current = FIRST_UPLOAD + index * step * 1000;
				if (ties > 1 && random.chance(0.05)) together = random.int(1, ties - 1);
			}
			return current;
		},
	};
}

/** Fills a demo project with made-up rows; each level of the hierarchy has half the rows of the one above. */
export function fillProject(project: Project, options: DemoOptions): void {
	const seed = mixSeed(options.seed, project.row.slug);
	const forms = options.children === false ? [] : formsOf(project.definition);
	const first = formsOf(project.definition)[0];
	if (options.children === false && first !== undefined) forms.push(first);
	const ties = options.ties ?? 10;
	let parents: Entry[] = [];
	forms.forEach((form, depth) => {
		const count = Math.round(options.entries / 2 ** depth);
		const time = timeline(count, ties, seededRandom(mixSeed(seed, form.ref)));
		const rows: Entry[] = [];
		for (let index = 0; index < count; index += 1) {
			const parent = depth === 0 ? undefined : time.random.pick(parents);
			rows.push(
				project.insert(
					demoEntry(
						{ inputs: form.inputs, formRef: form.ref, parentUuid: parent?.uuid ?? '' },
						time.random,
						time.uploadedAt(index),
					),
				),
			);
		}
		for (const branch of options.children === false ? [] : branchesOf(form))
			fillBranch(project, form, branch, rows, ties, seed);
		parents = rows;
	});
	project.mediaResolver = demoMedia(project, seed);
}

function fillBranch(
	project: Project,
	form: Form,
	branch: Input,
	owners: Entry[],
	ties: number,
	seed: number,
): void {
	const count = Math.round(owners.length * 0.6);
	const time = timeline(count, ties, seededRandom(mixSeed(seed, branch.ref)));
	for (let index = 0; index < count && owners.length > 0; index += 1) {
		const owner = time.random.pick(owners);
		project.insert(
			demoEntry(
				{ inputs: branch.branch, formRef: form.ref, branchRef: branch.ref, ownerUuid: owner.uuid },
				time.random,
				time.uploadedAt(index),
			),
		);
		owner.branchCounts = { ...owner.branchCounts, [branch.ref]: (owner.branchCounts?.[branch.ref] ?? 0) + 1 };
	}
}

/** Where a made-up row belongs. */
export interface RowPlace {
	inputs: Input[];
	formRef: string;
	branchRef?: string | null;
	parentUuid?: string;
	ownerUuid?: string;
}

/** One made-up row; its answers are made when they are read. */
export function demoEntry(place: RowPlace, random: Random, uploadedAt: number): Omit<Entry, 'seq'> {
	const uuid = random.uuid();
	const delay = random.chance(0.15) ? random.int(3_600, 260_000) : random.int(20, 900);
	// Rows of older app versions keep real milliseconds (contract 8).
	const createdAt = uploadedAt - delay * 1000 + (random.chance(0.02) ? random.int(1, 999) : 0);
	const row: RowSeed = { seed: random.int(0, 0x7fffffff), uuid, createdAt };
	const email = random.chance(0.1) ? null : random.pick(EMAILS);
	return {
		uuid,
		title: makeTitle(place.inputs, row),
		formRef: place.formRef,
		branchRef: place.branchRef ?? null,
		parentUuid: place.parentUuid ?? '',
		ownerUuid: place.ownerUuid ?? '',
		createdAt,
		uploadedAt,
		documentCreatedAt: createdAt % 1000 === 0 ? null : new Date(createdAt).toISOString(),
		email,
		branchCounts: null,
		answers: () => makeAnswers(place.inputs, row),
	};
}

const MEDIA: Record<string, { format: string; contentType: string; bytes: [number, number] }> = {
	photo: { format: 'entry_original', contentType: 'image/jpeg', bytes: [9_000, 24_000] },
	audio: { format: 'audio', contentType: 'audio/mp4', bytes: [30_000, 90_000] },
	video: { format: 'video', contentType: 'video/mp4', bytes: [150_000, 400_000] },
};

/** Files of demo rows exist when an answer names them, except for some that never arrived. */
function demoMedia(project: Project, seed: number): (format: string, name: string) => MediaFile | undefined {
	return (format, name) => {
		if (name === 'logo.jpg' && format === 'project_thumb') {
			return { format, name, bytes: 13_000, contentType: 'image/jpeg' };
		}
		const entry = project.find(name.slice(0, 36));
		if (entry === undefined) return undefined;
		const random = seededRandom(mixSeed(seed, name));
		if (random.chance(NEVER_UPLOADED)) return undefined;
		const ref = Object.entries(answersOf(entry)).find(([, { answer }]) => answer === name)?.[0];
		const type = ref === undefined ? undefined : inputType(project, ref);
		const media = type === undefined ? undefined : MEDIA[type];
		if (media === undefined || media.format !== format) return undefined;
		return { format, name, contentType: media.contentType, bytes: random.int(...media.bytes) };
	};
}

function inputType(project: Project, ref: string): string | undefined {
	for (const form of formsOf(project.definition)) {
		for (const input of walkInputs(form.inputs)) if (input.ref === ref) return input.type;
	}
	return undefined;
}
