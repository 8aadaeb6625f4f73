import { mixSeed, seededRandom, type Random } from '../../shared/random';
import type { Answers, Input } from '../model';
import * as words from './words';

/** What decides the answers of one made-up entry. */
export interface RowSeed {
	seed: number;
	uuid: string;
	/** Ms; media names and dates are near it. */
	createdAt: number;
}

/** Answers of one entry or branch entry: the same seed gives the same answers, whatever is read of them. */
export function makeAnswers(inputs: Input[], row: RowSeed): Answers {
	const answers: Answers = {};
	let index = 0;
	const add = (list: Input[]): void => {
		for (const input of list) {
			index += 1;
			if (input.type === 'readme') continue;
			if (input.type === 'group') add(input.group);
			else answers[input.ref] = { answer: makeAnswer(input, row, index), was_jumped: false };
		}
	};
	add(inputs);
	return answers;
}

/** Title of an entry: up to three title answers, or its uuid (contract 8). */
export function makeTitle(inputs: Input[], row: RowSeed): string {
	const titles: string[] = [];
	let index = 0;
	const look = (list: Input[]): void => {
		for (const input of list) {
			index += 1;
			if (input.type === 'group') look(input.group);
			else if (input.is_title && titles.length < 3) titles.push(String(makeAnswer(input, row, index)));
		}
	};
	look(inputs);
	// The title column keeps no characters beyond the BMP.
	const title = titles.join(' ').replace(/[\u{10000}-\u{10ffff}]/gu, '');
	return title.trim() === '' ? row.uuid : title;
}

function makeAnswer(input: Input, row: RowSeed, index: number): unknown {
	const random = seededRandom(mixSeed(row.seed, index));
	const empty = !input.is_required && random.chance(0.08);
	switch (input.type) {
		case 'integer':
			return empty ? '' : random.int(Number(input.min ?? 0), Number(input.max ?? 500));
		case 'decimal':
			return empty ? '' : decimal(random, Number(input.min ?? 0), Number(input.max ?? 100));
		case 'date':
			return empty
				? ''
				: `${new Date(row.createdAt - random.int(0, 900) * 86_400_000).toISOString().slice(0, 10)}T00:00:00.000Z`;
		case 'time':
			return empty
				? ''
				: `1970-01-01T${new Date(random.int(0, 86_399) * 1000).toISOString().slice(11, 19)}.000Z`;
		case 'radio':
		case 'dropdown':
			return empty || input.possible_answers.length === 0
				? ''
				: random.pick(input.possible_answers).answer_ref;
		case 'searchsingle':
			return empty || input.possible_answers.length === 0
				? []
				: [random.pick(input.possible_answers).answer_ref];
		case 'checkbox':
		case 'searchmultiple':
			return input.possible_answers.filter(() => random.chance(0.35)).map((item) => item.answer_ref);
		case 'location':
			return empty ? { latitude: '', longitude: '', accuracy: '' } : place(random);
		case 'photo':
			return random.chance(0.3) ? '' : `${row.uuid}_${Math.floor(row.createdAt / 1000) + index}.jpg`;
		case 'audio':
		case 'video':
			return random.chance(0.8) ? '' : `${row.uuid}_${Math.floor(row.createdAt / 1000) + index}.mp4`;
		case 'phone':
			return empty ? '' : `+44 7700 9${String(random.int(0, 99_999)).padStart(5, '0')}`;
		case 'barcode':
			return empty ? '' : String(random.int(1_000_000, 9_999_999)).padStart(13, '50');
		case 'branch':
			return '';
		default:
			return empty ? '' : text(input, random);
	}
}

function decimal(random: Random, min: number, max: number): number {
	return Math.round((min + random.next() * (max - min)) * 100) / 100;
}

function place(random: Random): Record<string, number> {
	const round = (value: number): number => Math.round(value * 1e6) / 1e6;
	return {
		latitude: round(51.2 + random.next() * 2.8),
		longitude: round(-2.9 + random.next() * 2.6),
		accuracy: random.int(3, 25),
	};
}

/** Words that fit the question. */
function text(input: Input, random: Random): string {
	const question = input.question.toLowerCase();
	if (question.includes('species')) return random.pick(words.TREES);
	if (question.includes('animal') || question.includes('bird')) return random.pick(words.ANIMALS);
	if (question.includes('visitor') || question.includes('officer')) return random.pick(words.PEOPLE);
	if (question.includes('region')) return random.pick(words.REGIONS);
	if (question.includes('material')) return random.pick(words.MATERIALS);
	if (question.includes('id') || question.includes('code')) return `S-${random.int(10_000, 99_999)}`;
	if (question.includes('name')) {
		return random.chance(0.04)
			? random.pick(words.AWKWARD_NAMES)
			: `${random.pick(words.PLACES)} ${random.pick(words.FEATURES)}`;
	}
	return random.pick(words.NOTES);
}
