import type { IExecuteFunctions } from 'n8n-workflow';
import { checkEntryId } from '../../../core/epicollect5/query';
import { InputError, NotFoundError } from '../../../core/http/errors';
import type { Run } from '../../../core/run';
import { checkedCollection, limitParameter, textSetting } from '../../shared/parameter';
import type { Outcome } from '../../shared/summary';
import { openProject } from '../connection';
import { filtersOf, sortOf } from '../filters';
import { geoJsonOptions } from '../geoJson.descriptions';
import { readItems, type OutputChoice } from '../read';
import { shapeOf } from '../shape';
import { branch, form } from './common.descriptions';
import { entryId, joined } from './entries.descriptions';
import { mediaChoiceOf, withMedia } from './media/attach';

/** Reads many entries of the chosen form, or of the chosen branch where the operation has one. */
export async function getMany(
	context: IExecuteFunctions,
	itemIndex: number,
	run: Run,
	branchRef?: string,
): Promise<Outcome> {
	const { simplify, ...shape } = shapeOf(context, itemIndex);
	const { first, ...sorted } = sortOf(context, itemIndex);
	const request = {
		...{ ...shape, ...sorted, ...filtersOf(context, itemIndex) },
		formRef: textSetting(context, form, itemIndex),
		branchRef,
		limit: limitParameter(context, itemIndex),
	};
	const output: OutputChoice = {
		simplify,
		joined: (textSetting(context, joined, itemIndex) || undefined) as OutputChoice['joined'],
		...checkedCollection<OutputChoice>(context, 'options', itemIndex, geoJsonOptions),
	};
	const media = mediaChoiceOf(context, itemIndex);
	const open = await openProject(context, itemIndex, run);
	const outcome = await readItems(open, request, output, run);
	return { ...(await withMedia(context, itemIndex, open, { request, output, media }, outcome, run)), first };
}

/** Reads one entry of the chosen form, or of the chosen branch where the operation has one. */
export async function getOne(
	context: IExecuteFunctions,
	itemIndex: number,
	run: Run,
	branchRef?: string,
): Promise<Outcome> {
	const { simplify, ...shape } = shapeOf(context, itemIndex);
	const uuid = textSetting(context, entryId('ec5_uuid'), itemIndex);
	checkEntryId(uuid);
	const request = { ...shape, formRef: textSetting(context, form, itemIndex), branchRef, uuid };
	const wanted = { request, output: { simplify }, media: mediaChoiceOf(context, itemIndex) };
	const open = await openProject(context, itemIndex, run);
	const outcome = await readItems(open, request, wanted.output, run);
	if (outcome.count > 0) return await withMedia(context, itemIndex, open, wanted, outcome, run);
	const where = branchRef === undefined ? 'form' : 'branch';
	throw new NotFoundError(`This ${where} has no entry ${uuid}`, {
		code: 'no_entry',
		field: 'Entry ID',
		hint: `Check the ID and the ${where}: the entry may belong to another one, or have been deleted.`,
	});
}

/** @returns the chosen branch, by name or ref. @throws InputError */
export function branchParameter(context: IExecuteFunctions, itemIndex: number): string {
	const chosen = textSetting(context, branch, itemIndex);
	if (chosen !== '') return chosen;
	throw new InputError('No branch is chosen', {
		...{ code: 'branch', field: 'Branch' },
		hint: 'Choose it from the list. To read the entries of a form, choose Entry as the resource.',
	});
}
