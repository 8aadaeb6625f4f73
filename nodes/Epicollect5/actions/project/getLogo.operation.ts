import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { LOGO } from '../../../../core/epicollect5/media';
import { NotUploadedError } from '../../../../core/http/errors';
import type { Run } from '../../../../core/run';
import { textSetting } from '../../../shared/parameter';
import type { Outcome } from '../../../shared/summary';
import { isWithoutApp, openProject } from '../../connection';
import { outputField, project } from '../common.descriptions';

const show = { resource: ['project'], operation: ['getLogo'] };

export const description: INodeProperties[] = [
	{ ...project, displayOptions: { show } },
	{ ...outputField, displayOptions: { show } },
];

/** Gives the logo of a project as a file; `notUploadedYet` where it has none, instead of the service's stand-in. */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<Outcome> {
	const { client, slug } = await openProject(this, itemIndex, run);
	// Public projects have a faster door, which is closed to private ones.
	const publicProject = isWithoutApp(this, itemIndex);
	const property = textSetting(this, outputField, itemIndex) || 'data';
	const photo = client.media.photo(slug, { ...LOGO, publicProject }, run);
	const logo = await photo.catch(noneWhereMissing);
	if (!logo) return { items: [{ json: { slug, notUploadedYet: true } }], count: 0 };
	const file = await this.helpers.prepareBinaryData(Buffer.from(logo.bytes), logo.name, logo.contentType);
	return { items: [{ json: { slug, notUploadedYet: false }, binary: { [property]: file } }] };
}

function noneWhereMissing(error: unknown): undefined {
	if (!(error instanceof NotUploadedError)) throw error;
}
