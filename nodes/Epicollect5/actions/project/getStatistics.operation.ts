import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Branch, Form } from '../../../../core/epicollect5/project';
import type { Run } from '../../../../core/run';
import { openProject } from '../../connection';
import { project } from '../common.descriptions';

const show = { resource: ['project'], operation: ['getStatistics'] };

export const description: INodeProperties[] = [{ ...project, displayOptions: { show } }];

/** Gives how many entries each form and branch has, and when the first and the last were made, as the service counts. */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<IDataObject[]> {
	const { definition } = await openProject(this, itemIndex, run);
	const { name, slug, totalEntries, mediaBytes, structureLastUpdated, forms } = await definition(true);
	const branches = forms.flatMap((form) => form.branches);
	return [
		{
			...{ name, slug, totalEntries },
			totalBranchEntries: branches.reduce((sum, { entries }) => sum + entries, 0),
			...{ mediaBytes, structureLastUpdated },
			forms: forms.map((form) => ({ ...counts(form), branches: form.branches.map(counts) })),
		},
	];
}

function counts({ name, ref, entries, firstCreatedAt, lastCreatedAt }: Form | Branch): IDataObject {
	return { name, ref, entries, oldestEntry: firstCreatedAt ?? null, newestEntry: lastCreatedAt ?? null };
}
