import fc from 'fast-check';
import path from 'node:path';
import { checkPattern, fileName, safeName } from '../../node-red/nodes/epicollect5-media/names';
import { filesIn, type Selection } from '../../node-red/nodes/epicollect5-media/wanted';

const PHOTO = { name: 'one.jpg', types: ['photo'] } as const;

describe('The name of a saved file', () => {
	it('is the service’s own where nothing speaks against it', () => {
		const own = '0d3c7a54-6a0e-4f0e-8a37-2f6f7d1b9e22_1700000000.jpg';
		expect(safeName(own)).toBe(own);
		expect(safeName('Teich im Süden – 池.jpg')).toBe('Teich im Süden – 池.jpg');
	});

	it.each([
		['a path', '../../etc/passwd', '%2E.%2F..%2Fetc%2Fpasswd'],
		['the folder itself', '.', '%2E'],
		['the folder above', '..', '%2E%2E'],
		['a path of Windows', 'C:\\boot.ini', 'C%3A%5Cboot.ini'],
		['a stream of Windows', 'a.jpg:hidden', 'a.jpg%3Ahidden'],
		['a device of Windows', 'CON', '%43ON'],
		['a device with an ending', 'nul.jpg', '%6Eul.jpg'],
		['a device with a number', 'Com1.tar.gz', '%43om1.tar.gz'],
		['a hidden file', '.bashrc', '%2Ebashrc'],
		['a dot at its end, which Windows drops', 'a.jpg.', 'a.jpg%2E'],
		['a line break', 'a\nb.jpg', 'a%0Ab.jpg'],
		['a zero byte', 'a.jpg\0.exe', 'a.jpg%00.exe'],
		['a sign that turns the writing round', 'a\u202egpj.exe', 'a%u00202Egpj.exe'],
		['half a letter', 'a\ud800.jpg', 'a%u00D800.jpg'],
		['our own sign', '%2E', '%252E'],
	])('is harmless where it is %s', (_, text, name) => {
		expect(safeName(text)).toBe(name);
	});

	it('is one visible step in its folder for any text, and never the same for two', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
				fc.pre(a !== '' && b !== '' && Buffer.byteLength(a) < 30 && Buffer.byteLength(b) < 30);
				const [one, two] = [safeName(a), safeName(b)];
				expect(path.dirname(path.resolve('/folder', one))).toBe('/folder');
				expect(path.win32.basename(one)).toBe(one);
				expect(one).toMatch(/^[^.\s]/);
				if (a !== b) expect(one).not.toBe(two);
			}),
			{ numRuns: 2_000, examples: [['..', '.']] },
		);
	});

	it.each(['', 'x'.repeat(241)])('is refused where no file system takes it', (text) => {
		expect(() => safeName(text)).toThrow(expect.objectContaining({ code: 'media_name' }) as Error);
	});

	it('may have title, question, entry and kind beside it', () => {
		const file = { ...PHOTO, title: 'North/South', question: 'photo', entryId: 'e1' };
		expect(fileName('{title} {question} {entry} {type} {name}', file, 'photo', false)).toBe(
			'North%2FSouth photo e1 photo one.jpg',
		);
		expect(fileName('{title} {name}', PHOTO, 'photo', false)).toBe('one.jpg');
		const long = fileName('{title} {name}', { ...file, title: '池'.repeat(500) }, 'photo', false);
		expect(long).toBe(`${'池'.repeat(60)} one.jpg`);
	});

	it('tells a thumbnail from the photo in full size', () => {
		expect(fileName('{name}', PHOTO, 'photo', true)).toBe('thumb_one.jpg');
		expect(fileName('{name}', { name: 'a.mp4', types: ['video'] }, 'video', true)).toBe('a.mp4');
	});

	it.each(['photo.jpg', '{title}', '{name}/{title}', 'a\\{name}', '{nmae} {name}'])(
		'is not made by "%s", which would mix up files or folders',
		(pattern) => {
			expect(() => checkPattern(pattern)).toThrow(expect.objectContaining({ code: 'pattern' }) as Error);
		},
	);
});

describe('The files of a message', () => {
	const names = new Set(['photo', '5_Photo', 'ref_5']);
	const question = { ref: 'ref_5', text: 'Photo', place: 'Site', names };
	const all: Selection = { questions: [question], types: ['photo', 'audio', 'video'], isOne: false };
	const found = (value: unknown, selection: Partial<Selection> = {}) =>
		filesIn(value, { ...all, ...selection }).map(({ name }) => name);
	const answer = (name: string, type = 'photo') => ({ name, type, url: `https://x/${name}` });
	const tidy = { ec5_uuid: 'e1', title: 'North', photo: answer('a.jpg'), sound: answer('b.wav', 'audio') };

	it('are those of a tidy entry, with where they are from', () => {
		expect(filesIn(tidy, all)[0]).toEqual({
			...{ name: 'a.jpg', types: ['photo'], question: 'photo', entryId: 'e1', title: 'North' },
		});
		expect(found([tidy, { ...tidy, photo: null }])).toEqual(['a.jpg', 'b.wav']);
	});

	it('are those of a raw entry that answer a media question, by address or name', () => {
		const url = 'https://x/api/media/p?type=photo&format=entry_original&name=c.jpg';
		expect(found({ ec5_uuid: 'e', '5_Photo': url, '6_Text': 'readme.jpg' })).toEqual(['c.jpg']);
		expect(found({ ec5_uuid: 'e', '5_Photo': 'd.jpg' })).toEqual(['d.jpg']);
		// Another form may have a text of that name.
		expect(found({ ec5_uuid: 'e', '5_Photo': 'none was made' })).toEqual([]);
	});

	it('are those within joined entries and maps, each once', () => {
		const child = { ...tidy, ec5_uuid: 'e2', photo: answer('k.jpg') };
		expect(found({ ...tidy, children: [child], branches: { Trees: [{ ...child, sound: null }] } })).toEqual([
			...['a.jpg', 'b.wav', 'k.jpg'],
		]);
		const map = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: tidy }] };
		expect(found(map)).toEqual(['a.jpg', 'b.wav']);
	});

	it('are a name, an address, an answer, or what the second output gave', () => {
		const later = { name: 'z.mp4', type: 'video', notUploadedYet: true, since: 5, tries: 2, entryId: 'e' };
		expect(found(['x.jpg', answer('y.jpg'), later, '', null])).toEqual(['x.jpg', 'y.jpg', 'z.mp4']);
		expect(filesIn(later, all)).toEqual([
			{ name: 'z.mp4', types: ['video'], since: 5, tries: 2, entryId: 'e' },
		]);
	});

	it('are only those of the chosen kinds and question', () => {
		expect(found(tidy, { types: ['audio'] })).toEqual(['b.wav']);
		expect(found(tidy, { isOne: true })).toEqual(['a.jpg']);
		// One mapping may call another question as the chosen one is worded: the name of its own comes first.
		const mixed = { ec5_uuid: 'e1', ref_5: answer('other.jpg'), '5_Photo': answer('own.jpg') };
		expect(found(mixed, { isOne: true })).toEqual(['own.jpg']);
		expect(found('said.mp4', { types: ['photo'] })).toEqual(['said.mp4']);
	});

	it.each([[5], [undefined], [true], [[5]], [Buffer.from('x')], [() => 'x']])(
		'are not to be found in %p',
		(value) => {
			expect(() => filesIn(value, all)).toThrow(expect.objectContaining({ code: 'files' }) as Error);
		},
	);

	it('are found in what holds itself', () => {
		const round: Record<string, unknown> = { ...tidy };
		round.children = [round];
		expect(found(round)).toEqual(['a.jpg', 'b.wav']);
	});
});
