import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Project } from '../../../../core/epicollect5/project';
import type { Run } from '../../../../core/run';
import { flagSetting } from '../../../shared/parameter';
import { openProject } from '../../connection';
import { project } from '../common.descriptions';

const show = { resource: ['project'], operation: ['get'] };

const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description:
		'Whether to return only the main facts instead of the whole definition with all forms, questions and mappings',
};

export const description: INodeProperties[] = [
	{ ...project, displayOptions: { show } },
	{ ...simplify, displayOptions: { show } },
];

/** Gives a project with its forms, branches and fresh counts. */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<IDataObject[]> {
	const isSimple = flagSetting(this, simplify, itemIndex);
	const { definition } = await openProject(this, itemIndex, run);
	// Fresh, for its counts; the lists of the dialogs then know it too.
	const fresh = await definition(true);
	if (isSimple) return [simplified(fresh)];
	// The dialogs and runs of the whole process read the kept one, and n8n hands out what it is given for changing.
	return [structuredClone(fresh) as unknown as IDataObject];
}

function simplified({ forms, mappings, ...own }: Project): IDataObject {
	return {
		...own,
		forms: forms.map(({ ref, name, parentRef, entries, questions, branches }) => ({
			ref,
			name,
			parentRef: parentRef ?? null,
			entries,
			questions: questions.length,
			branches: branches.map((branch) => ({ ref: branch.ref, name: branch.name, entries: branch.entries })),
		})),
		mappings: mappings.map(({ index, name, isDefault }) => ({ index, name, isDefault })),
	};
}
