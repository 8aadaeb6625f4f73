import { Workflow, type INode, type INodePropertyModeValidation, type INodeTypes } from 'n8n-workflow';
import { normaliseServerUrl, projectSlug } from '../../core/epicollect5/address';
import { Epicollect5OAuth2Api } from '../../credentials/Epicollect5OAuth2Api.credentials';
import { slugify } from '../../sandbox/src/epicollect5/text';
import { Epicollect5 } from '../../nodes/Epicollect5/Epicollect5.node';
import { fakeNode } from './fakeHost';

const credential = new Epicollect5OAuth2Api();

/** As n8n itself evaluates what a credential type says of its addresses (n8n 2.41.1, credentials-helper.js). */
function evaluated(expression: string, data: Record<string, string>): string {
	const node: INode = { ...fakeNode, type: 'mock' };
	const nodeTypes = { getByNameAndVersion: () => ({ description: { properties: [] } }) };
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: nodeTypes as unknown as INodeTypes,
	});
	const parameters = { expression };
	const { expression: evaluator } = workflow;
	const keys = { $credentials: data };
	const result = evaluator.getComplexParameterValue(
		node,
		parameters,
		'internal',
		keys,
		undefined,
		undefined,
		data,
	);
	return (result as typeof parameters).expression;
}

/** Where the token is asked for, without what is behind the server's address. */
function tokenServer(serverUrl: string): string {
	const property = credential.properties.find(({ name }) => name === 'accessTokenUrl');
	return evaluated(property?.default as string, { serverUrl }).replace(/\/api\/oauth\/token$/, '');
}

function testServer(serverUrl: string): string {
	return evaluated(credential.test.request.baseURL ?? '', { serverUrl });
}

function testPath(project: string): string {
	return evaluated(credential.test.request.url ?? '', { project });
}

describe('The server URL of the credential', () => {
	it.each([
		'https://five.epicollect.net',
		'https://five.epicollect.net/',
		'  https://five.epicollect.net///  ',
		'HTTPS://Five.Epicollect.NET:443',
		'https://five.epicollect.net/api',
		'https://five.epicollect.net/api/',
		'https://five.epicollect.net/API',
		'https://five.epicollect.net/API/',
		'https://five.epicollect.net?x=1#y',
		'https://five.epicollect.net/project/birds',
		'https://five.epicollect.net/project/birds/data?x=1',
		'https://five.epicollect.net/myprojects/birds/apps',
		'https://five.epicollect.net/open/project/birds',
		'https://five.epicollect.net/dataviewer/birds',
		'https://five.epicollect.net/api/export/entries/birds?form_ref=x',
		'https://five.epicollect.net/api/project-version/birds',
		'https://five.epicollect.net/api/oauth/token',
		'http://localhost:8600',
		'http://[::1]:8600/',
		'http://project/project/birds',
		'https://host/ec5',
		'https://host/ec5/api/',
		'https://host/ec5//api',
		'https://host/EC5/project/birds',
		'https://host/apiary',
		'https://host/api/exported',
		'https://host/my-projects/',
	])('%s is the same one for n8n, which asks for tokens, as for us', (typed) => {
		const ours = new URL(normaliseServerUrl(typed)).href;
		expect(new URL(tokenServer(typed)).href).toBe(ours);
		expect(new URL(testServer(typed)).href).toBe(ours);
	});
});

describe('The project of the credential', () => {
	it.each([
		['my-project', 'my-project'],
		['  My-Project ', 'my-project'],
		['My Project', 'my-project'],
		['my_project', 'my-project'],
		['https://five.epicollect.net/project/my-project', 'my-project'],
		['https://five.epicollect.net/project/my-project/', 'my-project'],
		['https://five.epicollect.net/project/my-project/data', 'my-project'],
		['https://five.epicollect.net/project/my-project?x=1', 'my-project'],
		['https://five.epicollect.net/project/my-project/data?restart=true#top', 'my-project'],
		['https://five.epicollect.net/api/export/project/my-project', 'my-project'],
		['https://five.epicollect.net/api/export/entries/my-project?form_ref=x', 'my-project'],
		['https://five.epicollect.net/myprojects/my-project/apps', 'my-project'],
		['https://five.epicollect.net/open/project/my-project', 'my-project'],
		['https://host/ec5/myprojects/my-project', 'my-project'],
		['HTTPS://host/ec5/project/My%20Project', 'my-project'],
		['five.epicollect.net/project/my-project', 'my-project'],
	])('%s is the project that the test asks for', (typed, slug) => {
		expect(projectSlug(typed)).toBe(slug);
		expect(testPath(typed)).toBe(`/api/export/project/${slug}`);
	});

	it.each(['Été à Zürich', 'Birds & Bees (2026)', 'ana@home', 'a?b'])(
		'%s leads the service to the same project as our own spelling',
		(typed) => {
			const [segment = ''] = testPath(typed).split('/').slice(-1);
			expect(slugify(decodeURIComponent(segment))).toBe(projectSlug(typed));
		},
	);

	it.each(['', '  '])('left empty (%j), the test asks for nothing that needs a project', (typed) => {
		expect(testPath(typed)).toBe('/api/projects/a?exact=true');
	});
});

describe('By URL in the node', () => {
	const modes = new Epicollect5().description.properties.find(({ name }) => name === 'project')?.modes;
	const [rule] = modes?.find(({ name }) => name === 'url')?.validation ?? [];
	const { regex } = (rule as INodePropertyModeValidation).properties as { regex: string };
	const accepts = (typed: string) => new RegExp(regex).test(typed);

	it.each([
		'https://five.epicollect.net/project/birds',
		'https://five.epicollect.net/project/birds/',
		'https://five.epicollect.net/project/birds/data',
		'https://five.epicollect.net/project/birds/data?restart=true',
		'https://five.epicollect.net/project/birds/add-entry?x#y',
		'https://five.epicollect.net/open/project/birds',
		'https://five.epicollect.net/myprojects/birds',
		'https://five.epicollect.net/myprojects/birds/apps',
		'https://five.epicollect.net/api/export/project/birds',
		'https://five.epicollect.net/api/export/entries/birds?form_ref=x',
		'https://host/ec5/project/birds/data',
		'http://localhost:8600/myprojects/birds/manage-entries',
	])('%s is taken by the dialog and read by the node', (typed) => {
		expect(accepts(typed)).toBe(true);
		expect(projectSlug(typed)).toBe('birds');
	});

	it.each([
		'https://five.epicollect.net',
		'https://five.epicollect.net/projects/nature',
		'https://five.epicollect.net/myprojects',
		'https://five.epicollect.net/dataviewer/birds',
		'https://five.epicollect.net/project/',
		'ftp://five.epicollect.net/project/birds',
		'https://five.epicollect.net/login?from=/project/birds',
	])('%s is refused by both', (typed) => {
		expect(accepts(typed)).toBe(false);
		expect(() => projectSlug(typed)).toThrow('No project is given');
	});
});
