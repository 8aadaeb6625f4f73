import { NodeOperationError, type INodeProperties } from 'n8n-workflow';
import { Epicollect5 } from '../../nodes/Epicollect5/Epicollect5.node';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { fakeExecution } from './fakeHost';

const node = new Epicollect5();
const { properties } = node.description;
let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox({ limits: 'off', entries: 2 });
});
afterAll(async () => await sandbox.stop());
beforeEach(() => sandbox.admin.resetStats());

/** What an expression may give that no setting takes. */
const NOTHING = [null, undefined, '  ', '\n'];
const WRONG: Partial<Record<INodeProperties['type'], readonly unknown[]>> = {
	boolean: ['maybe', 2, {}, []],
	collection: [null, undefined, 'created_at', 5, [], true],
	dateTime: [
		0,
		1_780_000_000_000,
		true,
		{},
		[],
		'Friday',
		'2026-02-30',
		new Date(NaN),
		{ toISO: () => null },
	],
	multiOptions: ['photo', {}, ['pictures'], [null], 5],
	number: [NaN, -1, 'many', true, {}, [5], '0x10'],
	options: ['no such choice', 5, {}, [], true],
	resourceLocator: [{}, [], true, NaN, Infinity],
	string: [{}, [], true, NaN, Infinity],
};

/** Good values, so that one bad one is all that is wrong. */
const GOOD: Record<string, unknown> = {
	...{
		authentication: 'none',
		project: 'sandbox-public',
		form: '',
		branch: 'Trees',
		returnAll: false,
		limit: 1,
	},
	...{
		entryId: '00000000-0000-4000-8000-000000000000',
		findBy: 'question',
		mediaQuestion: 'Sound',
		name: 'x',
	},
	...{ fileName: 'a.jpg', binaryPropertyName: 'data' },
};

interface Case {
	operation: string;
	/** Where the setting is. */
	path: string;
	/** What the dialog calls it. */
	title: string;
	value: unknown;
}

function operations(): Array<[string, string]> {
	return properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			options.map((option): [string, string] => [
				displayOptions!.show!.resource![0] as string,
				(option as { value: string }).value,
			]),
		);
}

function shownFor(resource: string, operation: string): INodeProperties[] {
	return properties.filter(({ name, type, displayOptions: { show } = {} }) => {
		const fits = (value: string, wanted: unknown) => !Array.isArray(wanted) || wanted.includes(value);
		const isChoice = name === 'resource' || name === 'operation' || type === 'notice';
		return !isChoice && fits(resource, show?.resource) && fits(operation, show?.operation);
	});
}

function badValues({ name, type }: INodeProperties): unknown[] {
	if (name === 'timeZone') return [...NOTHING, 'Mars/Phobos', ...(WRONG.string ?? [])];
	// Null is the answer of somebody who took no photo, and a photo is an object.
	if (name === 'fileName') return [undefined, {}, [], true, NaN];
	if (name === 'limit') return [null, undefined, '', '  ', 0, 1.5, ...(WRONG.number ?? [])];
	return type === 'collection' ? [...WRONG[type]!] : [...NOTHING, ...(WRONG[type] ?? ['?'])];
}

function cases(): Case[] {
	return operations().flatMap(([resource, operation]) =>
		shownFor(resource, operation).flatMap((property) => {
			const members = property.type === 'collection' ? (property.options as INodeProperties[]) : [];
			const own = [{ path: property.name, property }];
			const inside = members.map((member) => ({ path: `${property.name}.${member.name}`, property: member }));
			return [...own, ...inside].flatMap(({ path, property: at }) =>
				badValues(at).map((value) => ({
					...{ operation: `${resource} ${operation}`, path, title: at.displayName, value },
				})),
			);
		}),
	);
}

async function failureOf({ operation: name, path, value }: Case): Promise<unknown> {
	const [resource, operation] = name.split(' ');
	const [top = '', member] = path.split('.');
	const given = member === undefined ? value : { [member]: value };
	const findBy = ['fileName', 'mediaType'].includes(path) ? { findBy: 'name' } : {};
	const { context } = fakeExecution({
		parameters: {
			...{ ...GOOD, serverUrl: sandbox.addresses.epicollect5, resource, operation },
			...{ ...findBy, [top]: given },
		},
	});
	return await node.execute.call(context).then(
		() => 'no failure',
		(error: unknown) => error,
	);
}

describe('A setting whose expression gives nothing, or something else than it should', () => {
	it.each(operations().map((one) => one.join(' ')))(
		'%s: is named, and nothing is asked for',
		async (name) => {
			const all = cases().filter(({ operation }) => operation === name);
			expect(all.length).toBeGreaterThan(10);
			for (const one of all) {
				const failure = await failureOf(one);
				const what = [one.path, one.value];
				expect([what, failure]).toEqual([what, expect.any(NodeOperationError)]);
				const { message, description } = failure as NodeOperationError;
				expect([what, description]).toEqual([
					what,
					expect.stringMatching(/\w.*\. \(Setting: .+\)$/) as string,
				]);
				expect([what, description]).toEqual([
					what,
					expect.stringContaining(`(Setting: ${one.title})`) as string,
				]);
				expect([what, message]).not.toEqual([
					what,
					expect.stringMatching(/\b(undefined|null|function|object)\b/),
				]);
				expect([what, sandbox.stats().total]).toEqual([what, 0]);
			}
		},
	);
});
