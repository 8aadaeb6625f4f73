import { entryFormat, namedMedia } from '../../../core/epicollect5/mediaAnswer';
import { mediaQuestionOf, mediaQuestionsOf } from '../../../core/epicollect5/mediaQuestions';
import { InputError } from '../../../core/http/errors';
import { startSandbox } from '../../../sandbox/src';
import { parseProject } from '../../../core/epicollect5/project';

const NAME = '4d3a18d3-9f76-407c-9107-84d914b826b4_1720235852';
const address = (type: string, ending: string) =>
	`https://five.epicollect.net/api/media/birds?type=${type}&format=${type}&name=${NAME}.${ending}&v=1720236000`;

describe('What names a file', () => {
	it.each([
		['a name', `${NAME}.jpg`, ['photo']],
		['a name in capitals', `${NAME}.JPG`, ['photo']],
		['a name with blanks around it', ` ${NAME}.jpg\n`, ['photo']],
		['the name of an old sound', `${NAME}.wav`, ['audio']],
		['a name that may be either', `${NAME}.mp4`, ['video', 'audio']],
		['the address of a photo', address('photo', 'jpg'), ['photo']],
		['the address of a sound', address('audio', 'mp4'), ['audio']],
		['a tidy answer of a private project', { name: `${NAME}.mp4`, type: 'audio', url: null }, ['audio']],
		['an answer whose type is unknown', { name: `${NAME}.mp4`, type: 'film' }, ['video', 'audio']],
	])('is %s', (_what, value, types) => {
		expect(namedMedia(value)).toEqual({ name: expect.stringContaining(NAME) as string, types });
		expect(namedMedia(value)?.name).toMatch(/^[\w-]+\.\w+$/);
	});

	it.each([[null], [undefined], [''], [' '], [7], [[]], [{}], [{ name: null }], [{ name: {} }]])(
		'is not %j',
		(value) => {
			expect(namedMedia(value)).toBeUndefined();
		},
	);

	it('has a small version only if it is a photo', () => {
		expect(entryFormat('photo', false)).toBe('entry_original');
		expect(entryFormat('photo', true)).toBe('entry_thumb');
		expect(entryFormat('audio', true)).toBe('audio');
		expect(entryFormat('video', false)).toBe('video');
	});
});

describe('The media questions of a project', () => {
	async function project() {
		const sandbox = await startSandbox({ limits: 'off', entries: 1 });
		const answer = await fetch(`${sandbox.addresses.epicollect5}/api/export/project/sandbox-public`);
		await sandbox.stop();
		return parseProject(await answer.json());
	}

	it('are found in all forms, groups and branches, with every name of their answers', async () => {
		const questions = mediaQuestionsOf(await project());
		expect(questions.map(({ text, place }) => `${place}: ${text}`)).toEqual(
			expect.arrayContaining([
				...['Site: Photo of the site', 'Site: Sound', 'Site: Clip', 'Site: Sample photo'],
				...['Site, Trees: Leaf photo', 'Visit: Visit photo'],
			]),
		);
		const photo = questions[0]!;
		for (const name of [photo.ref, 'Photo of the site', '16_Photo_of_the_site']) {
			expect(photo.names).toContain(name);
		}
	});

	it('are chosen by ref or by text', async () => {
		const one = await project();
		const { ref } = mediaQuestionsOf(one)[0]!;
		expect(mediaQuestionOf(one, ref).ref).toBe(ref);
		expect(mediaQuestionOf(one, ' photo of the  SITE ').ref).toBe(ref);
	});

	it('are listed where another one is asked for', async () => {
		const one = await project();
		const ask = () => mediaQuestionOf(one, 'Photo of the moon');
		expect(ask).toThrow(InputError);
		expect(ask).toThrow(
			expect.objectContaining({ hint: expect.stringContaining('Clip') as string }) as Error,
		);
	});
});
