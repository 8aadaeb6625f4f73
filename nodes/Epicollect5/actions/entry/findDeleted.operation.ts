import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { formOf } from '../../../../core/epicollect5/columns';
import { checkEntryId } from '../../../../core/epicollect5/query';
import { findDeleted } from '../../../../core/epicollect5/sync/deleted';
import { InputError } from '../../../../core/http/errors';
import type { Run } from '../../../../core/run';
import { textSetting } from '../../../shared/parameter';
import type { Outcome } from '../../../shared/summary';
import { openProject } from '../../connection';
import { limitOptions } from '../../limit';
import { optionsWith } from '../../shape.descriptions';
import { accessBy, form, project, serverUrl } from '../common.descriptions';
import { entryId } from '../entries.descriptions';

const show = { resource: ['entry'], operation: ['findDeleted'] };

const known: INodeProperties = {
	...entryId('ec5_uuid'),
	displayName: 'Known Entry ID',
	default: '={{ $json.ec5_uuid }}',
	description:
		'The ec5_uuid of an entry that you have, one for each input item. All of them have to be of the chosen form.',
	hint: 'Reads all entries of the form once, whatever the number of items, and gives the IDs that are gone',
};

export const description: INodeProperties[] = [
	{ ...project, displayOptions: { show } },
	{ ...form, displayOptions: { show } },
	{ ...known, displayOptions: { show } },
	optionsWith(limitOptions, { show }),
];

/** Mapping 0 always exists, and its names hide nothing (contract 6.4 and 10). */
const AUTO = 0;

/** Finds which of the input items' entries are gone. All items are one question, answered wholly or not at all. */
export async function execute(this: IExecuteFunctions, _itemIndex: number, run: Run): Promise<Outcome> {
	const items = this.getInputData().map((_item, index) => index);
	sameForAll(this, items, [accessBy, serverUrl, project, form]);
	const knownIds = items.map((item) => knownId(this, item));
	const { client, slug, definition } = await openProject(this, 0, run);
	const { ref: formRef } = formOf(await definition(false), textSetting(this, form, 0));
	const gone = new Set(
		await findDeleted({ client, slug, stream: { formRef }, mapIndex: AUTO, knownIds, run }),
	);
	return {
		items: items
			.filter((item) => gone.has(knownIds[item]!))
			.map((item) => ({ json: { ec5_uuid: knownIds[item]! }, pairedItem: { item } })),
	};
}

/** An ID that is none would be reported as gone. */
function knownId(context: IExecuteFunctions, item: number): string {
	const id = textSetting(context, known, item);
	if (id !== '') checkEntryId(id, 'Known Entry ID');
	else {
		throw new InputError(`Input item ${item + 1} has no entry ID`, {
			...{ code: 'id', field: 'Known Entry ID' },
			hint: 'Enter an expression that gives the ec5_uuid of each input item, such as {{ $json.ec5_uuid }}.',
		});
	}
	return id;
}

function sameForAll(
	context: IExecuteFunctions,
	items: readonly number[],
	properties: readonly INodeProperties[],
): void {
	for (const property of properties) {
		const first = textSetting(context, property, 0);
		if (items.every((item) => textSetting(context, property, item) === first)) continue;
		const { name, displayName } = property;
		throw new InputError(
			`The input items name more than one ${displayName.replace(/^\w/, (letter) => letter.toLowerCase())}`,
			{
				code: name,
				field: displayName,
				hint: 'Only entries of one form can be looked for at a time. Use a loop, or a node for each form.',
			},
		);
	}
}
