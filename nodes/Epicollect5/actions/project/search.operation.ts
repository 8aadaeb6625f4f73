import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { InputError } from '../../../../core/http/errors';
import type { Run } from '../../../../core/run';
import { textSetting } from '../../../shared/parameter';
import { connect } from '../../connection';

const show = { resource: ['project'], operation: ['search'] };

const beginning: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. Bird',
	description: 'The beginning of the name of the project',
	hint: 'Epicollect5 gives at most 50 projects, and private ones too',
};

export const description: INodeProperties[] = [{ ...beginning, displayOptions: { show } }];

/** Finds projects by the beginning of their name. */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<IDataObject[]> {
	const name = textSetting(this, beginning, itemIndex);
	if (name === '') {
		throw new InputError('No name is given', {
			...{ code: 'name', field: 'Name' },
			hint: 'Enter the beginning of the name of a project.',
		});
	}
	const { client } = await connect(this, itemIndex);
	return (await client.searchProjects(name, run)).map((found) => ({ ...found }));
}
