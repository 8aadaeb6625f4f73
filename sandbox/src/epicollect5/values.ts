import { phpDate } from './dates';
import type { Input } from './model';
import { formEncode } from './text';
import { toUtm } from './utm';

/** What a row's values depend on besides the answer. */
export interface ValueContext {
	/** Public projects export media as URLs, private ones as bare names (contract 8.1). */
	mediaUrls: boolean;
	origin: string;
	slug: string;
}

/** A location as exported. */
export interface LocationValue {
	latitude: unknown;
	longitude: unknown;
	accuracy: unknown;
	UTM_Northing: number | '';
	UTM_Easting: number | '';
	UTM_Zone: string;
}

const BEYOND_BMP = /[\u{10000}-\u{10ffff}]/gu;

/** No answer: never given, skipped, cleared. */
export function isEmptyAnswer(answer: unknown): boolean {
	return answer === undefined || answer === null || answer === '';
}

/** Text, phone and barcode: what is stored, with each character outside the BMP as one `?`. */
export function textValue(answer: unknown): unknown {
	if (isEmptyAnswer(answer)) return '';
	return typeof answer === 'string' ? answer.replace(BEYOND_BMP, '?') : answer;
}

const LEADING_NUMBER = /^[ \t\n\r\v\f]*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)/;
const MAX = 9223372036854775807n;
const MIN = -9223372036854775808n;

/** PHP's int cast: text without a leading number is 0, too large numbers stop at 2^63 - 1. */
export function integerValue(answer: unknown): number | bigint | '' {
	if (isEmptyAnswer(answer)) return '';
	if (typeof answer === 'bigint') return clamp(answer);
	if (typeof answer === 'number') return Number.isFinite(answer) ? Math.trunc(answer) : 0;
	if (typeof answer === 'boolean') return answer ? 1 : 0;
	if (Array.isArray(answer)) return answer.length > 0 ? 1 : 0;
	const text = LEADING_NUMBER.exec(String(answer))?.[1];
	if (text === undefined) return 0;
	if (/^[+-]?\d+$/.test(text)) return clamp(BigInt(text.replace(/^\+/, '')));
	return Math.trunc(Number(text));
}

function clamp(value: bigint): number | bigint {
	const within = value > MAX ? MAX : value < MIN ? MIN : value;
	const small = Number(within);
	return Number.isSafeInteger(small) ? small : within;
}

/** PHP's float cast. */
export function decimalValue(answer: unknown): number | '' {
	if (isEmptyAnswer(answer)) return '';
	if (typeof answer === 'number') return answer;
	if (typeof answer === 'bigint') return Number(answer);
	if (typeof answer === 'boolean') return answer ? 1 : 0;
	return Number(LEADING_NUMBER.exec(String(answer))?.[1] ?? 0);
}

interface Moment {
	year: string;
	month: string;
	day: string;
	hour: string;
	minute: string;
	second: string;
}

const EPOCH: Moment = { year: '1970', month: '01', day: '01', hour: '00', minute: '00', second: '00' };
const two = (value: number): string => String(value).padStart(2, '0');

/** A stored date or time; what cannot be read is printed as the epoch. */
function moment(answer: unknown): Moment {
	const text = String(answer).trim();
	const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(?:Z|[+-]00:?00)?$/.exec(
		text,
	);
	if (iso !== null && phpDate(text) !== null) {
		const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] = iso;
		return { year, month, day, hour, minute, second };
	}
	const time = /^(\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
	if (time !== null)
		return { ...EPOCH, hour: time[1] ?? '00', minute: time[2] ?? '00', second: time[3] ?? '00' };
	const date = phpDate(text);
	if (date === null) return EPOCH;
	return { ...EPOCH, year: String(date.year).padStart(4, '0'), month: two(date.month), day: two(date.day) };
}

/** Date in the question's own format. */
export function dateValue(answer: unknown, format: string | null): string {
	if (isEmptyAnswer(answer)) return '';
	const { year, month, day } = moment(answer);
	switch (format) {
		case 'MM/dd/YYYY':
			return `${month}/${day}/${year}`;
		case 'YYYY/MM/dd':
			return `${year}/${month}/${day}`;
		case 'MM/YYYY':
			return `${month}/${year}`;
		case 'dd/MM':
			return `${day}/${month}`;
		default:
			return `${day}/${month}/${year}`;
	}
}

/** Time in the question's own format; `hh` gives 24-hour values too. */
export function timeValue(answer: unknown, format: string | null): string {
	if (isEmptyAnswer(answer)) return '';
	const { hour, minute, second } = moment(answer);
	switch (format) {
		case 'HH:mm':
		case 'hh:mm':
			return `${hour}:${minute}`;
		case 'mm:ss':
			return `${minute}:${second}`;
		default:
			return `${hour}:${minute}:${second}`;
	}
}

/** Mapped text of one chosen answer; empty when it was deleted from the form. */
export function choiceValue(answer: unknown, texts: Record<string, { map_to: string }>): string {
	if (isEmptyAnswer(answer) || Array.isArray(answer)) return '';
	return texts[String(answer)]?.map_to ?? '';
}

/** Mapped texts of all chosen answers, in stored order. */
export function choiceValues(answer: unknown, texts: Record<string, { map_to: string }>): string[] {
	if (isEmptyAnswer(answer)) return [];
	const list = Array.isArray(answer) ? answer : [answer];
	return list.map((ref) => texts[String(ref)]?.map_to ?? '');
}

/** A location with its UTM; a part that is not stored stays empty, and so does the UTM then. */
export function locationValue(answer: unknown): LocationValue {
	const stored = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
	const part = (name: string): unknown => (isEmptyAnswer(stored[name]) ? '' : stored[name]);
	const latitude = part('latitude');
	const longitude = part('longitude');
	const value = {
		latitude,
		longitude,
		accuracy: part('accuracy'),
		UTM_Northing: '' as number | '',
		UTM_Easting: '' as number | '',
		UTM_Zone: '',
	};
	// PHP's empty(): a coordinate of 0 has no UTM although it is exported (contract 8.1).
	if (latitude === '' || longitude === '' || Number(latitude) === 0 || Number(longitude) === 0) return value;
	const utm = toUtm(Number(latitude), Number(longitude));
	return { ...value, UTM_Northing: utm.northing, UTM_Easting: utm.easting, UTM_Zone: utm.zone };
}

const MEDIA_FORMATS: Record<string, string> = { photo: 'entry_original', audio: 'audio', video: 'video' };

/** A media answer: URL of the public media endpoint, or the bare file name. */
export function mediaValue(input: Input, answer: unknown, uploadedAt: number, context: ValueContext): string {
	if (isEmptyAnswer(answer)) return '';
	const name = String(answer);
	if (!context.mediaUrls) return name;
	const format = MEDIA_FORMATS[input.type] ?? input.type;
	const version = Math.floor(uploadedAt / 1000);
	return `${context.origin}/api/media/${context.slug}?type=${input.type}&format=${format}&name=${formEncode(name)}&v=${version}`;
}
