import { say } from '../shared/say';
import { itemsOf, type Credential, type Execution, type Item } from './driver';
import { addPhotos, groundOf as groundIn, type Ground } from './ground';
import { CASES, everySetting, isFor, type Case, type Place } from './settingCases';
import { items as inputItems, located, manualTrigger, ours, type NodeSpec } from './workflows';
import { FIRST_START_MS, startWorld, type World } from './world';

const PUBLIC = 'sandbox-public';
const PRIVATE = 'sandbox-private';
const NOWHERE = '00000000-0000-4000-8000-000000000000';
const BASE = 'Base';

type Json = Record<string, unknown>;

let world: World;
let credential: Credential;

beforeAll(async () => {
	// Below a path, as many a server of one's own is.
	world = await startWorld({ limits: 'off', entries: 56, basePath: '/field/ec5' });
	credential = await world.savedApp(PRIVATE);
	const { admin } = world.sandbox;
	for (const project of [PUBLIC, PRIVATE]) {
		const content = Buffer.from('a picture of a bird').toString('base64');
		admin.addMedia({ project, name: 'logo.jpg', format: 'project_thumb', content });
	}
	admin.addMedia({ project: PUBLIC, name: 'photo.jpg', bytes: 9_000 });
	admin.addMedia({ project: PUBLIC, name: 'sound.mp4', format: 'audio', bytes: 9_000 });
	admin.addMedia({ project: PUBLIC, name: 'clip.mp4', format: 'video', bytes: 9_000 });
	addPhotos(world.sandbox, PUBLIC);
}, FIRST_START_MS);
afterAll(async () => await world?.stop());

/** Where an operation works: on the first form of a project, or on its branch. */
const groundOf = (operation: string, project: string) =>
	groundIn(world.sandbox, project, operation.startsWith('branchEntry') ? 'Trees' : undefined);

function baseOf(operation: string, { server, row }: Ground, isPrivate = false): Json {
	const [resource, name] = operation.split(' ');
	return {
		...{ authentication: isPrivate ? 'clientApp' : 'none', serverUrl: server, resource, operation: name },
		project: located('slug', isPrivate ? PRIVATE : PUBLIC),
		...(resource === 'branchEntry' && { branch: located('id', 'Trees') }),
		...(name === 'getMany' && { returnAll: true }),
		...(name === 'get' && resource !== 'project' && { entryId: row.uuid }),
		...(name === 'findDeleted' && { entryId: NOWHERE }),
		...(resource === 'media' && { mediaQuestion: located('id', 'Photo of the site') }),
		...(name === 'search' && { name: 'sandbox pu' }),
	};
}

const nameOf = ({ path, choice }: Case) => `${path}=${choice ?? ''}`;

/** The node with one thing set, and with what is needed for it to show. */
function specOf(operation: string, one: Case): NodeSpec {
	const here = groundOf(operation, one.isPrivate ? PRIVATE : PUBLIC);
	const at = { ...here, base: [], other: () => [] };
	const value = one.value ? one.value(at) : one.choice;
	const [top = '', member] = one.path.split('.');
	const base = { ...baseOf(operation, here, one.isPrivate), ...one.with?.(at) } as Json;
	const parameters = {
		...base,
		[top]: member === undefined ? value : { ...(base[top] as Json | undefined), [member]: value },
	};
	const spec = ours('epicollect5', parameters, one.isPrivate && credential);
	return { ...spec, name: nameOf(one), onError: 'continueRegularOutput' };
}

/** All nodes beside each other behind one item, in one execution. */
async function runAll(input: Json, specs: readonly NodeSpec[]): Promise<Execution> {
	const { session } = world.host;
	const before = [manualTrigger(), inputItems([input])];
	const to = (names: readonly string[]) => ({
		main: [names.map((node) => ({ node, type: 'main', index: 0 }))],
	});
	const workflow = await session.post<{
		id: string;
		name: string;
		versionId: string;
		nodes: { name: string }[];
	}>('/workflows', {
		...{ name: 'settings', active: false, settings: {}, nodes: [...before, ...specs] },
		connections: { Start: to(['Items']), Items: to(specs.map(({ name }) => name)) },
	});
	return await world.n8n.runWorkflow(workflow, 200_000);
}

describe('Every setting of the dialog, run through n8n,', () => {
	const operations = [...new Set(everySetting().map(({ operation }) => operation))];

	it.each(operations)(
		'does what it says: %s',
		async (operation) => {
			const settings = everySetting().filter((setting) => setting.operation === operation);
			const cases = CASES.filter((one) => settings.some((setting) => isFor(one, setting)));
			const here = groundOf(operation, PUBLIC);
			const base = { ...ours('epicollect5', baseOf(operation, here)), name: BASE };
			const execution = await runAll(here.held.tidy(here.row), [
				base,
				...cases.map((one) => specOf(operation, one)),
			]);
			const wrong: string[] = [];
			for (const one of cases) {
				const place: Place = {
					...(one.isPrivate ? groundOf(operation, PRIVATE) : here),
					base: itemsOf(execution, BASE),
					other: (choice) => itemsOf(execution, nameOf({ ...one, choice })),
				};
				try {
					const items: Item[] = itemsOf(execution, nameOf(one));
					expect(items.map(({ json }) => json.error).filter(Boolean)).toEqual([]);
					one.shows(items, place);
				} catch (error) {
					wrong.push(`${nameOf(one)}: ${(error as Error).message}`);
				}
			}
			expect(wrong).toEqual([]);
			say({ shown: 'n8n settings', operation, cases: cases.map(nameOf) });
		},
		240_000,
	);
});

describe('An optional field, run through n8n,', () => {
	it('is empty with typed blanks, and lets nothing through where its expression gives only blanks', async () => {
		const operation = 'entry getMany';
		const ground = groundOf(operation, PUBLIC);
		const node = (name: string, more: Json): NodeSpec => ({
			...ours('epicollect5', { ...baseOf(operation, ground), ...more }),
			...{ name, onError: 'continueRegularOutput' },
		});
		const blanks = { form: located('id', ' '), filters: { title: ' ' }, options: { timeZone: ' ' } };
		const execution = await runAll({ name: ' ' }, [
			node('typed', blanks),
			node('given', { ...blanks, filters: { title: '={{ $json.name }}' } }),
			node('form', { ...blanks, form: located('id', '={{ $json.name }}') }),
		]);
		expect(itemsOf(execution, 'typed')).toHaveLength(ground.rows.length);
		const told = (name: string) => itemsOf(execution, name).map(({ json }) => json.error);
		expect(told('given')).toEqual(['"Title Contains" has no value']);
		expect(told('form')).toEqual(['"Form" has no value']);
	}, 120_000);
});
