import { csvText } from '../../node-red/shared/csv';

describe('CSV', () => {
	it('is quoted by RFC 4180, one text with a line break at its end', async () => {
		const rows = [
			['a', 'b;c'],
			['say "hi"', 'two\nlines'],
			['', '1,5'],
		];
		expect(await csvText(rows)).toBe('a,b;c\r\n"say ""hi""","two\nlines"\r\n,"1,5"\r\n');
	});

	it('has the separator and the byte order mark that are asked for', async () => {
		expect(await csvText([['a', 'b;c']], { delimiter: ';', bom: true })).toBe('\uFEFFa;"b;c"\r\n');
		expect(await csvText([['a', 'b']], { delimiter: '\t' })).toBe('a\tb\r\n');
	});

	it('fails with what its rows fail with', async () => {
		async function* rows(): AsyncGenerator<string[]> {
			yield ['a'];
			throw new Error('gone');
		}
		await expect(csvText(rows())).rejects.toThrow('gone');
	});
});
