import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Column } from '../../../../core/epicollect5/columns';
import { familyOf, flatNames } from '../../../../core/epicollect5/family';
import type { MediaType } from '../../../../core/epicollect5/media';
import { isMediaType, namedMedia } from '../../../../core/epicollect5/mediaAnswer';
import { Names } from '../../../../core/epicollect5/names';
import type { Project } from '../../../../core/epicollect5/project';
import { shapeOf, type ReadRequest } from '../../../../core/epicollect5/reading';
import { FieldDataError } from '../../../../core/http/errors';
import type { Run } from '../../../../core/run';
import { toNodeError } from '../../../shared/errors';
import { checkedCollection } from '../../../shared/parameter';
import type { Outcome } from '../../../shared/summary';
import type { HostContext } from '../../../shared/transport';
import type { OpenProject } from '../../connection';
import { downloadMedia, isPublic, type MediaSource } from '../../media';
import type { OutputChoice } from '../../read';
import { mediaOptions } from './attach.descriptions';

/** Which files come with entries. */
export interface MediaChoice {
	types: readonly MediaType[];
	thumbnail: boolean;
	fields: 'column' | 'number' | 'ref';
}

/** What was asked for with the entries. */
export interface Wanted {
	request: Omit<ReadRequest, 'slug'>;
	output: OutputChoice;
	/** Undefined where no files are. */
	media: MediaChoice | undefined;
}

/** A question whose files are wanted. */
export interface FileField {
	ref: string;
	type: MediaType;
	/** What its answer is called in an item. */
	answer: string;
	/** What its file is called in an item. */
	property: string;
}

/** The members of `mediaOptions`, as they are checked. */
interface MediaOptions {
	downloadMedia: MediaType[];
	mediaFields: MediaChoice['fields'];
	photoFormat: 'original' | 'thumbnail';
}

/** Reads the options of `mediaOptions`. @returns undefined where no files are wanted. @throws InputError */
export function mediaChoiceOf(context: HostContext, itemIndex: number): MediaChoice | undefined {
	const options = checkedCollection<MediaOptions>(context, 'options', itemIndex, mediaOptions);
	const { downloadMedia: types, mediaFields: fields = 'column', photoFormat } = options;
	return types && { types, thumbnail: photoFormat === 'thumbnail', fields };
}

/**
 * Adds to entries the files that they name, where the options want it so. One that comes in several items, as in flat
 * rows, is downloaded once.
 * @throws FieldDataError. What the service refuses of one file keeps no other entry back where the user wants to go on.
 */
export async function withMedia(
	context: IExecuteFunctions,
	itemIndex: number,
	{ client, slug, definition }: OpenProject,
	{ request, output, media: choice }: Wanted,
	outcome: Outcome,
	run: Run,
): Promise<Outcome> {
	if (!choice) return outcome;
	const fields = fileFields(await definition(false), { ...request, slug }, output, choice);
	const source = { client, slug, publicProject: await isPublic(context, itemIndex, definition) };
	const files = new Files(context, source, choice.thumbnail, run);
	const items: INodeExecutionData[] = [];
	for (const item of outcome.items) {
		try {
			items.push(await files.addTo(item, fields));
		} catch (error) {
			const isOfFile = error instanceof FieldDataError && (error.kind === 'input' || error.status === 400);
			const nodeError = toNodeError(context.getNode(), error, itemIndex);
			if (!isOfFile || !context.continueOnFail()) throw nodeError;
			items.push({ json: { ...item.json, error: nodeError.message }, error: nodeError });
		}
	}
	return { ...outcome, items, files: files.account };
}

/** @returns the questions whose files are wanted, in the order of the form, with names that do not depend on an entry */
export function fileFields(
	project: Project,
	request: ReadRequest,
	{ simplify, joined, geoJson }: OutputChoice,
	choice: Pick<MediaChoice, 'types' | 'fields'>,
): FileField[] {
	if (joined === 'nested' || geoJson) return [];
	const all =
		joined === 'flat'
			? [...flatNames(familyOf(project, request), request.names).values()].flat().map(({ field }) => field)
			: shapeOf(project, request).columns.map(({ ref, type, name, key }) => ({
					...{ ref, type, name: simplify ? name : key },
				}));
	return fieldsOf(all, choice);
}

/** @param columns with the names of their answers in an item */
export function fieldsOf(
	columns: ReadonlyArray<Pick<Column, 'ref' | 'type' | 'name'>>,
	{ types, fields }: Pick<MediaChoice, 'types' | 'fields'>,
): FileField[] {
	const names = new Names();
	return columns.flatMap(({ ref, type, name }) => {
		if (!isMediaType(type) || !types.includes(type)) return [];
		const wanted = { column: name.replace(/[^\p{L}\p{N}_-]+/gu, '_'), number: 'data', ref }[fields];
		return [{ ref, type, answer: name, property: names.take(wanted) }];
	});
}

/** The files of one reading. */
class Files {
	readonly account = { downloaded: 0, missing: 0 };
	private readonly known = new Map<string, IBinaryData | undefined>();

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly source: MediaSource,
		private readonly thumbnail: boolean,
		private readonly run: Run,
	) {}

	async addTo(
		{ json, ...item }: INodeExecutionData,
		fields: readonly FileField[],
	): Promise<INodeExecutionData> {
		const binary: Record<string, IBinaryData> = {};
		let isMissing = false;
		for (const { answer, type, property } of fields) {
			const named = namedMedia(json[answer]);
			if (!named) continue;
			const file = await this.get(named.name, type);
			if (file) binary[property] = file;
			else isMissing = true;
		}
		return { ...item, json: isMissing ? { ...json, notUploadedYet: true } : json, binary };
	}

	private async get(name: string, type: MediaType): Promise<IBinaryData | undefined> {
		const key = `${type} ${name}`;
		if (this.known.has(key)) return this.known.get(key);
		const wanted = { name, types: [type], thumbnail: this.thumbnail };
		const file = await downloadMedia(this.context, this.source, wanted, this.run);
		this.known.set(key, file);
		if (file) this.account.downloaded += 1;
		else this.account.missing += 1;
		return file;
	}
}
