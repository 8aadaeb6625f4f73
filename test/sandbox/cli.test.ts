import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFlags, UsageError } from '../../sandbox/src/cliOptions';
import { sandboxOptions } from '../../sandbox/src/cli';
import { createSandbox } from '../../sandbox/src';
import { ask, json } from './ask';

const CLI = join(__dirname, '../../sandbox/dist/cli.js');

describe('the command line', () => {
	it('reads its flags', () => {
		const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
		expect(
			sandboxOptions(['--port', '8600', '--limits=code', '--entries', '5', '--seed', '2', '--data', folder]),
		).toEqual({
			port: 8600,
			limits: 'code',
			entries: 5,
			seed: 2,
			dataDir: folder,
		});
		rmSync(folder, { recursive: true });
		expect(sandboxOptions([])).toEqual({});
	});

	it.each([
		[['--limits', 'none'], '--limits: one of production, code, off is needed, not "none"'],
		[['--port', '99999'], '--port: a whole number from 0 to 65535 is needed, not "99999"'],
		[['--entries', 'many'], '--entries: a whole number from 0 to 5000000 is needed, not "many"'],
		[['--data', 'no/such/folder'], '--data: there is no folder "no/such/folder"'],
		[['--seed'], '--seed: a value is missing'],
		[['--verbose', '1'], '--verbose: no such flag; there are --port, --limits, --entries, --seed, --data'],
	])('refuses %j and names the flag', (argv, message) => {
		expect(() => sandboxOptions(argv)).toThrow(new UsageError(message));
	});

	it('takes a flag without a value for a mistake', () => {
		expect(() => readFlags(['--a', '--b', '1'], ['a', 'b'])).toThrow('--a: a value is missing');
	});

	const built = existsSync(CLI) ? it : it.skip;
	built('prints one JSON line with its addresses and stays until it is told to stop', async () => {
		const child = spawn(process.execPath, [CLI, '--entries', '2', '--limits', 'off']);
		const line = await new Promise<string>((resolve) =>
			child.stdout.once('data', (data) => resolve(String(data))),
		);
		const told = JSON.parse(line) as {
			epicollect5: string;
			admin: string;
			clients: { id: string }[];
			projects: string[];
		};
		expect(line.endsWith('}\n')).toBe(true);
		expect(told.projects).toEqual(['sandbox-public', 'sandbox-private', 'sandbox-other']);
		expect((await fetch(`${told.epicollect5}/api/export/entries/sandbox-public`)).status).toBe(200);
		const code = new Promise((resolve) => child.once('exit', resolve));
		child.kill('SIGTERM');
		expect(await code).toBe(0);
	});
});

describe('a data folder', () => {
	it('is served with its mappings, exact large numbers and secrets of the sandbox', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
		const ref = 'a'.repeat(32);
		const form = `${ref}_6630a1f2c0001`;
		const input = `${form}_6630a1f2c1001`;
		const row = {
			id: 4,
			ref,
			name: 'Given',
			slug: 'given',
			access: 'public',
			status: 'active',
			created_at: '2024-01-01 00:00:00',
		};
		const question = {
			ref: input,
			type: 'integer',
			question: 'N',
			possible_answers: [],
			group: [],
			branch: [],
		};
		const map = { map_to: '1_N', hide: false, possible_answers: [], group: [], branch: [] };
		writeFileSync(
			join(folder, 'given.project.json'),
			JSON.stringify({
				project: row,
				definition: {
					id: ref,
					type: 'project',
					project: {
						ref,
						name: 'Given',
						slug: 'given',
						forms: [{ ref: form, name: 'F', inputs: [question] }],
					},
				},
				mapping: {
					0: { name: 'EC5_AUTO', is_default: true, map_index: 0, forms: { [form]: { [input]: map } } },
					2: { name: 'other', is_default: false, map_index: 2, forms: {} },
				},
			}),
		);
		const line = `{"uuid":"b${'0'.repeat(35)}","title":"t","form_ref":"${form}","created_at":"2024-01-02T00:00:00.080Z","uploaded_at":"2024-01-03T00:00:00.000Z","user_email":null,"parent_uuid":"","answers":{"${input}":{"answer":9007199254740993}}}`;
		writeFileSync(join(folder, 'given.entries.jsonl'), `${line}\n`);
		writeFileSync(join(folder, 'clients.json'), '[{"id":9,"project":"given","secret":"x"}]');
		const sandbox = createSandbox({ dataDir: folder, clock: 'virtual' });
		rmSync(folder, { recursive: true });
		expect(sandbox.clients).toEqual([
			{ id: '9', project: 'given', secret: expect.stringMatching(/^.{40}$/) },
		]);
		const text = (await ask(sandbox, '/api/export/entries/given')).body.toString('utf8');
		expect(text).toContain('"created_at":"2024-01-02T00:00:00.080Z"');
		expect(text).toContain('"1_N":9007199254740993');
		const { meta } = json(await ask(sandbox, '/api/export/project/given'));
		expect(Object.keys(meta.project_mapping)).toEqual(['0', '2']);
	});
});
