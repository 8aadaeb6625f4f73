import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { firstDifference, orderDifference } from '../../sandbox/src/conformance/compare';
import { readRecordings } from '../../sandbox/src/conformance/recordings';
import { replay } from '../../sandbox/src/conformance/replay';
import { smallSandbox } from './ask';

const FOLDER = join(__dirname, '../../../shared/recordings/epicollect5');

describe('conformance', () => {
	const recorded = existsSync(join(FOLDER, 'index.json'));
	if (!recorded) process.stdout.write('conformance skipped: ../shared/recordings/epicollect5 is not there\n');
	(recorded ? it : it.skip)(
		'answers what the real server answered, but for what DIFFERENCES.md explains',
		async () => {
			const { total, alike, unlike } = await replay(readRecordings(FOLDER), join(FOLDER, 'dataset'));
			expect(total).toBeGreaterThanOrEqual(350);
			expect(unlike.map(({ name }) => name)).toEqual(['deleted-app-token-before']);
			expect(alike).toBe(total - 1);
		},
	);

	(recorded ? it : it.skip)('notices when the answers are not alike', async () => {
		const folder = readRecordings(FOLDER);
		const bent = {
			...folder,
			records: folder.records.map((record) => ({
				...record,
				status: record.status === 429 ? 503 : record.status,
			})),
			bodyOf: (record: (typeof folder.records)[number]) =>
				folder.bodyOf(record)?.replace('"total":', '"total":1') ?? null,
		};
		const { total, alike } = await replay(bent, join(FOLDER, 'dataset'));
		expect(total - alike).toBeGreaterThan(100);
	});

	it('compares JSON by value and rows of a tie as a set', () => {
		expect(firstDifference({ a: 1, b: [2] }, { b: [2], a: 1.0 })).toBeNull();
		expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toBe('$.a[1].b: 2 recorded, 3 here');
		expect(firstDifference({ a: 1 }, { a: 1, c: null })).toBe('$.c: nothing recorded, null here');
		const sandbox = smallSandbox({ entries: 0 });
		const at = (title: string, second: number): string =>
			sandbox.admin.addEntry({ project: 'sandbox-public', title, uploadedAt: second * 1000 }).uuid;
		const uuids = [at('a', 1), at('b', 2), at('c', 2), at('d', 3), at('e', 3)];
		const rows = uuids.map((uuid) => sandbox.epicollect5.store.projects[0]?.find(uuid) as never);
		const [a, b, c, d, e] = rows as [never, never, never, never, never];
		expect(orderDifference([a, b, c, d], [a, c, b, d], 'uploaded_at')).toBeNull();
		expect(orderDifference([a, b, c, d], [a, c, b, e], 'uploaded_at')).toBeNull();
		expect(orderDifference([a, b, c, d], [b, a, c, d], 'uploaded_at')).toContain('sorts differently');
		expect(orderDifference([a, b, c, d], [a, b, b, d], 'uploaded_at')).toContain('twice');
	});
});
