import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { Epicollect5 } from '../../../nodes/Epicollect5/Epicollect5.node';
import type { Entry } from '../../../sandbox/src/epicollect5/model';
import type { Binary, Item } from './driver';
import type { Expected, Style } from './expected';
import { located } from './workflows';

type Json = Record<string, unknown>;

/** A setting of an operation, with one of its choices or modes where it has some. */
export interface Setting {
	/** Such as `entry getMany`. */
	operation: string;
	/** Such as `options.geoJson`. */
	path: string;
	/** The value of a choice, the name of a mode; undefined for any other kind. */
	choice?: string;
}

/** What a case may be made of and judged by. */
export interface Place {
	held: Expected;
	server: string;
	/** Of the form or the branch that the operation is about. */
	form: string;
	branch: string | undefined;
	rows: readonly Entry[];
	/** The row that Get asks for: with photo and location. */
	row: Entry;
	/** What came without the setting. */
	base: readonly Item[];
	/** What came with another choice of the same setting. */
	other: (choice: string) => readonly Item[];
}

export interface Case {
	path: string;
	choice?: string;
	/** Left out: the choice itself. */
	value?: (at: Place) => unknown;
	/** What else has to be set for it to show. */
	with?: (at: Place) => Json;
	/** Read the private project with its client app. */
	isPrivate?: true;
	/** Only for these operations; otherwise for all that have the setting. */
	only?: RegExp;
	/** Expects what it does. */
	shows: (items: readonly Item[], at: Place) => void;
}

/** Everything that can be set in the node, read from its description: what is new there is new here. */
export function everySetting(): Setting[] {
	const { properties } = new Epicollect5().description;
	const operations = properties.filter(({ name }) => name === 'operation');
	return operations.flatMap(({ displayOptions, options = [] }) => {
		const resource = displayOptions!.show!.resource![0] as string;
		return (options as INodePropertyOptions[]).flatMap(({ value }) => {
			const operation = `${resource} ${String(value)}`;
			const shown = properties.filter((property) => isShown(property, resource, String(value)));
			return shown.flatMap((property) => settingsIn(operation, property, ''));
		});
	});
}

function isShown(
	{ name, type, displayOptions }: INodeProperties,
	resource: string,
	operation: string,
): boolean {
	if (type === 'notice' || name === 'resource' || name === 'operation') return false;
	const { resource: resources = [resource], operation: all = [operation] } = displayOptions?.show ?? {};
	return resources.includes(resource) && all.includes(operation);
}

/** A property with each of its choices, modes or members. */
export function settingsIn(operation: string, property: INodeProperties, above: string): Setting[] {
	const path = above + property.name;
	const options = (property.options ?? []) as INodePropertyOptions[];
	switch (property.type) {
		case 'collection':
			return (property.options as INodeProperties[]).flatMap((one) => settingsIn(operation, one, `${path}.`));
		case 'options':
		case 'multiOptions':
			return options.map(({ value }) => ({ operation, path, choice: String(value) }));
		case 'resourceLocator':
			return (property.modes ?? []).map(({ name }) => ({ operation, path, choice: name }));
		default:
			return [{ operation, path }];
	}
}

/** Whether a case is one for a setting. */
export function isFor({ path, choice, only }: Case, setting: Setting): boolean {
	return path === setting.path && choice === setting.choice && (only?.test(setting.operation) ?? true);
}

const idOf = ({ json }: Item) => json.ec5_branch_uuid ?? json.ec5_uuid ?? json.slug ?? json.id;
const ids = (items: readonly Item[]) => items.map(idOf).sort();
const keys = (items: readonly Item[]) => [...new Set(items.flatMap(({ json }) => Object.keys(json)))];
const fields = (items: readonly Item[]) => [
	...new Set(items.flatMap(({ binary }) => Object.keys(binary ?? {}))),
];
const files = (items: readonly Item[]) => items.flatMap(({ binary }) => Object.values(binary ?? {}));
const bytes = (items: readonly Item[]) => files(items).reduce((sum, file: Binary) => sum + file.bytes, 0);
const iso = (ms: number) => new Date(ms).toISOString();

/** Nothing else than without it. */
const changesNothing: Case['shows'] = (items, { base }) => expect(ids(items)).toEqual(ids(base));

/** The entries that came are those that were asked for, all in the style that was. */
const inStyle =
	(style: Style): Case['shows'] =>
	(items, { held, rows, base }) => {
		const wanted = rows.filter(({ uuid }) => ids(base).includes(uuid)).map((row) => held.tidy(row, style));
		const sorted = (all: readonly Json[]) =>
			[...all].sort((a, b) => String(a.eventId).localeCompare(String(b.eventId)));
		expect(sorted(items.map(({ json }) => json))).toEqual(sorted(wanted));
	};

/** Exactly the rows that fit, and not all. */
function filter(
	path: string,
	valueOf: (at: Place) => unknown,
	fits: (row: Entry, at: Place) => boolean,
): Case {
	return {
		path: `filters.${path}`,
		value: valueOf,
		shows: (items, at) => {
			const wanted = at.rows.filter((row) => fits(row, at)).map(({ uuid }) => uuid);
			expect(wanted.length).toBeGreaterThan(0);
			expect(wanted.length).toBeLessThan(at.rows.length);
			expect(ids(items)).toEqual([...wanted].sort());
		},
	};
}

const middle = ({ rows }: Place, column: 'createdAt' | 'uploadedAt') =>
	rows.map((row) => row[column]).sort((a, b) => a - b)[rows.length >> 1]!;

const FILTERS: Case[] = [
	filter(
		'createdAfter',
		(at) => iso(middle(at, 'createdAt')),
		(row, at) => row.createdAt >= middle(at, 'createdAt'),
	),
	filter(
		'createdBefore',
		(at) => iso(middle(at, 'createdAt')),
		(row, at) => row.createdAt <= middle(at, 'createdAt'),
	),
	filter(
		'uploadedAfter',
		(at) => iso(middle(at, 'uploadedAt')),
		(row, at) => row.uploadedAt >= middle(at, 'uploadedAt'),
	),
	filter(
		'uploadedBefore',
		(at) => iso(middle(at, 'uploadedAt')),
		(row, at) => row.uploadedAt <= middle(at, 'uploadedAt'),
	),
	filter(
		'uuid',
		({ row }) => row.uuid,
		({ uuid }, { row }) => uuid === row.uuid,
	),
	filter(
		'ownerUuid',
		({ row }) => row.ownerUuid,
		({ ownerUuid }, { row }) => ownerUuid === row.ownerUuid,
	),
	filter(
		'title',
		({ row }) => row.title.slice(0, 6),
		({ title }, { row }) => title.toLowerCase().includes(row.title.slice(0, 6).toLowerCase()),
	),
	{
		path: 'filters.parentUuid',
		value: ({ held }) => held.rows('Visit')[0]!.parentUuid,
		with: () => ({ form: located('id', 'Visit') }),
		shows: (items, { held }) => {
			const visits = held.rows('Visit');
			const wanted = visits.filter(({ parentUuid }) => parentUuid === visits[0]!.parentUuid);
			expect(ids(items)).toEqual(wanted.map(({ uuid }) => uuid).sort());
		},
	},
];

/** Titles by their length in bytes, as the service sorts them. */
const SORTED: Record<string, (json: Json) => number> = {
	created_at: ({ created_at }) => Math.floor(Date.parse(created_at as string) / 1_000),
	uploaded_at: ({ uploaded_at }) => Math.floor(Date.parse(uploaded_at as string) / 1_000),
	title: ({ title }) => Buffer.byteLength(title as string),
};

const SORTS: Case[] = ['created_at', 'uploaded_at', 'title'].flatMap((column) =>
	['ASC', 'DESC'].map((order) => ({
		path: 'sort',
		choice: `${column} ${order}`,
		shows: (items, at) => {
			changesNothing(items, at);
			const came = items.map(({ json }) => SORTED[column]!(json));
			expect(came).toEqual([...came].sort((a, b) => (order === 'ASC' ? a - b : b - a)));
		},
	})),
);

const WHERE: Case[] = [
	{ path: 'authentication', choice: 'none', shows: changesNothing },
	{
		path: 'authentication',
		choice: 'clientApp',
		isPrivate: true,
		only: /ntry get/,
		shows: (items, { rows }) => {
			expect(items.length).toBeGreaterThan(0);
			expect(rows.map(({ uuid }) => uuid)).toEqual(expect.arrayContaining(ids(items)));
		},
	},
	{
		path: 'authentication',
		choice: 'clientApp',
		isPrivate: true,
		only: /^(media|project|entry findDeleted)/,
		shows: (items) => expect(items).toHaveLength(1),
	},
	{ path: 'serverUrl', value: ({ server }) => ` ${server}/api/ `, shows: changesNothing },
	{ path: 'project', choice: 'list', value: () => located('list', 'sandbox-public'), shows: changesNothing },
	{ path: 'project', choice: 'slug', value: () => located('slug', 'Sandbox Public'), shows: changesNothing },
	{
		path: 'project',
		choice: 'url',
		value: ({ server }) => located('url', `${server}/project/sandbox-public/data?restart=true`),
		shows: changesNothing,
	},
	{
		path: 'form',
		choice: 'list',
		value: ({ held }) => located('list', held.ref('Site')),
		shows: changesNothing,
	},
	{ path: 'form', choice: 'id', value: () => located('id', ' site '), shows: changesNothing },
	{
		path: 'branch',
		choice: 'list',
		value: ({ held }) => located('list', held.ref('Site', 'Trees')),
		shows: changesNothing,
	},
	{ path: 'branch', choice: 'id', value: () => located('id', 'trees'), shows: changesNothing },
	{
		path: 'name',
		value: () => 'sandbox pr',
		shows: (items) => expect(items.map(idOf)).toEqual(['sandbox-private']),
	},
];

const WHAT: Case[] = [
	{
		path: 'returnAll',
		value: () => false,
		shows: (items, { base }) => expect(items).toHaveLength(Math.min(50, base.length)),
	},
	{
		path: 'limit',
		value: () => 3,
		with: () => ({ returnAll: false }),
		shows: (items) => expect(items).toHaveLength(3),
	},
	{
		path: 'simplify',
		value: () => false,
		only: /ntry get/,
		shows: (items, at) => {
			changesNothing(items, at);
			expect(keys(at.base)).toContain('eventId');
			expect(keys(items)).not.toContain('eventId');
		},
	},
	{
		path: 'simplify',
		value: () => false,
		only: /^project get$/,
		shows: ([item], { base: [base] }) => {
			const questions = (one: Item | undefined) => (one?.json.forms as Json[])[0]!.questions;
			expect(questions(item)).toHaveLength(questions(base) as number);
		},
	},
	{ path: 'joined', choice: '', shows: changesNothing },
	{
		path: 'joined',
		choice: 'nested',
		shows: (items, at) => {
			changesNothing(items, at);
			expect(keys(items)).toEqual(expect.arrayContaining(['children', 'branches']));
		},
	},
	{
		path: 'joined',
		choice: 'flat',
		shows: (items, { base }) => {
			expect(items.length).toBeGreaterThan(base.length);
			expect(keys(items)).toEqual(expect.arrayContaining(['ec5_uuid', 'Visit_title', 'Sample_title']));
		},
	},
	{ path: 'sort', choice: '', shows: changesNothing },
	{
		path: 'entryId',
		value: ({ rows, row }) => rows.find(({ uuid }) => uuid !== row.uuid)!.uuid,
		only: /get$/,
		shows: (items, { rows, row }) => {
			expect(items.map(idOf)).toEqual([rows.find(({ uuid }) => uuid !== row.uuid)!.uuid]);
		},
	},
	{
		path: 'entryId',
		value: ({ row }) => row.uuid,
		only: /findDeleted$/,
		shows: (items, { base }) => {
			expect(items).toEqual([]);
			expect(base).toHaveLength(1);
		},
	},
];

const LOOK: Case[] = [
	{ path: 'options.columnNames', choice: 'mapping', shows: inStyle({}) },
	{ path: 'options.columnNames', choice: 'ref', shows: inStyle({ names: 'ref' }) },
	{ path: 'options.columnNames', choice: 'question', shows: inStyle({ names: 'question' }) },
	{
		path: 'options.mapping',
		choice: 'list',
		value: () => located('list', '1'),
		shows: inStyle({ mapIndex: 1 }),
	},
	{
		path: 'options.mapping',
		choice: 'name',
		value: () => located('name', 'short'),
		shows: inStyle({ mapIndex: 1 }),
	},
	{ path: 'options.choiceFields', value: () => true, shows: inStyle({ choices: true }) },
	{
		path: 'options.timeZone',
		value: () => 'Asia/Kolkata',
		shows: (items, { base }) => {
			const made = new Map(base.map((item) => [idOf(item), Date.parse(item.json.created_at as string)]));
			expect(items).toHaveLength(made.size);
			for (const item of items) {
				expect(item.json.created_at).toMatch(/\+05:30$/);
				expect(Date.parse(item.json.created_at as string)).toBe(made.get(idOf(item)));
			}
		},
	},
	{
		path: 'options.utm',
		value: () => true,
		shows: (items) => {
			const places = items.flatMap(({ json }) =>
				Object.values(json).filter((value) => value !== null && Object.hasOwn(value as object, 'latitude')),
			);
			expect(places.length).toBeGreaterThan(0);
			for (const place of places)
				expect(Object.keys(place as Json)).toEqual(expect.arrayContaining(['zone', 'easting']));
		},
	},
	{
		path: 'options.uploader',
		value: () => true,
		isPrivate: true,
		shows: (items) => expect(keys(items)).toContain('created_by'),
	},
	{
		path: 'options.geoJson',
		choice: 'features',
		shows: (items, at) => {
			changesNothing(items, at);
			expect(new Set(items.map(({ json }) => json.type))).toEqual(new Set(['Feature']));
		},
	},
	{
		path: 'options.geoJson',
		choice: 'collection',
		shows: ([item, ...more], { base }) => {
			expect(more).toEqual([]);
			expect((item?.json.features as Json[]).map(({ id }) => id).sort()).toEqual(ids(base));
		},
	},
	...['list', 'id'].map((mode): Case => ({
		path: 'options.location',
		choice: mode,
		value: (at) =>
			located(mode as 'list', mode === 'list' ? lastPlace(at).ref : columnOf(at, lastPlace(at).ref)),
		with: () => ({ options: { geoJson: 'features' } }),
		shows: (items, at) => {
			for (const { json } of items) {
				const row = at.rows.find(({ uuid }) => uuid === json.id)!;
				const place = at.held.tidy(row, { names: 'ref' })[lastPlace(at).ref] as Record<string, number> | null;
				const point = place && { type: 'Point', coordinates: [place.longitude, place.latitude] };
				expect(json.geometry).toEqual(point);
			}
		},
	})),
];

/** What an answer is called under the project's default mapping. */
function columnOf({ held, row }: Place, ref: string): string {
	return Object.keys(held.tidy(row))[Object.keys(held.tidy(row, { names: 'ref' })).indexOf(ref)]!;
}

/** The last location question of the form or branch: not the one that is taken by itself, where there are two. */
function lastPlace({ held, form, branch }: Place) {
	const { inputs } = held.forms.find(({ name }) => name === form)!;
	const all = branch === undefined ? inputs : inputs.find(({ question }) => question === branch)!.branch;
	return all
		.flatMap((one) => [one, ...one.group])
		.filter(({ type }) => type === 'location')
		.at(-1)!;
}

/** The public door gives five files a second. */
const few = { returnAll: false, limit: 4 };
const photos = { ...few, options: { downloadMedia: ['photo'], limitPercent: 100 } };

const MEDIA: Case[] = [
	...['audio', 'photo', 'video'].map((type): Case => ({
		path: 'options.downloadMedia',
		choice: type,
		value: () => [type],
		with: () => few,
		shows: (items) => {
			for (const { json, binary = {} } of items) {
				const answers = Object.values(json).filter((value) => (value as Json | null)?.type === type);
				const isWhole = Object.keys(binary).length === answers.length;
				expect(isWhole || json.notUploadedYet === true).toBe(true);
				for (const file of Object.values(binary))
					expect(file.mimeType).toContain(type === 'photo' ? 'image' : type);
			}
		},
	})),
	{
		path: 'options.mediaFields',
		choice: 'column',
		with: () => photos,
		shows: (items) => expect(keys(items)).toEqual(expect.arrayContaining(fields(items))),
	},
	{
		path: 'options.mediaFields',
		choice: 'number',
		with: () => photos,
		shows: (items) => expect(fields(items).join()).toMatch(/^data(_2)?(,data(_2)?)?$/),
	},
	{
		path: 'options.mediaFields',
		choice: 'ref',
		with: () => photos,
		shows: (items) => expect(fields(items).join()).toMatch(/^[0-9a-f]{32}_[0-9a-f]/),
	},
	{
		path: 'options.photoFormat',
		choice: 'original',
		with: () => photos,
		shows: (items) => expect(bytes(items)).toBeGreaterThan(0),
	},
	{
		path: 'options.photoFormat',
		choice: 'thumbnail',
		with: () => photos,
		shows: (items, { other }) => {
			expect(files(items)).toHaveLength(files(other('original')).length);
			expect(bytes(items)).toBeLessThan(bytes(other('original')));
		},
	},
];

/** What they do when the limit is reached is shown beside a strict server, in `The service's limit`. */
const LIMITS: Case[] = [
	{ path: 'options.limitPercent', value: () => 100, shows: changesNothing },
	{ path: 'options.waitMinutes', value: () => 5, shows: changesNothing },
	{ path: 'options.onLimit', choice: 'wait', shows: changesNothing },
	{ path: 'options.onLimit', choice: 'stop', shows: changesNothing },
];

const named = (fileName: string, mimeType: string): Pick<Case, 'with' | 'shows'> => ({
	with: () => ({ findBy: 'name', fileName }),
	shows: (items) => expect(files(items)).toMatchObject([{ fileName, mimeType }]),
});
const asBase: Case['shows'] = (items, { base }) => {
	expect(files(items)).toHaveLength(1);
	expect(files(items).map(({ fileName }) => fileName)).toEqual(files(base).map(({ fileName }) => fileName));
};

const DOWNLOAD: Case[] = [
	{ path: 'findBy', choice: 'question', shows: asBase },
	{ path: 'findBy', choice: 'name', ...named('sound.mp4', 'audio/mp4') },
	{
		path: 'mediaQuestion',
		choice: 'list',
		value: ({ held }) => located('list', held.forms[0]!.inputs.find(({ type }) => type === 'photo')!.ref),
		shows: asBase,
	},
	{ path: 'mediaQuestion', choice: 'id', value: () => located('id', 'photo of the site'), shows: asBase },
	{
		path: 'fileName',
		value: () => '={{ $json["16_Photo_of_the_site"] }}',
		with: () => ({ findBy: 'name' }),
		shows: asBase,
	},
	{ path: 'mediaType', choice: '', ...named('clip.mp4', 'video/mp4') },
	{ path: 'mediaType', choice: 'audio', ...named('sound.mp4', 'audio/mp4') },
	{ path: 'mediaType', choice: 'photo', ...named('photo.jpg', 'image/jpeg') },
	{ path: 'mediaType', choice: 'video', ...named('clip.mp4', 'video/mp4') },
	{ path: 'format', choice: 'original', shows: asBase },
	{
		path: 'format',
		choice: 'thumbnail',
		shows: (items, at) => {
			asBase(items, at);
			expect(bytes(items)).toBeLessThan(bytes(at.base));
		},
	},
	{
		path: 'binaryPropertyName',
		value: () => 'picture',
		shows: (items) => expect(fields(items)).toEqual(['picture']),
	},
];

export const CASES: readonly Case[] = [
	...[...WHERE, ...WHAT, ...FILTERS, ...SORTS, ...LOOK, ...MEDIA, ...LIMITS, ...DOWNLOAD],
];
