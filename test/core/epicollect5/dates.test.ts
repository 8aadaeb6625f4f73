import { dateReader, timeReader } from '../../../core/epicollect5/dates';

const isoDate = (text: string, format?: string) => dateReader(format)(text);
const isoTime = (text: string, format?: string) => timeReader(format)(text);

describe('dates and times become ISO 8601', () => {
	it.each([
		['07/01/2017', 'dd/MM/YYYY', '2017-01-07'],
		['01/07/2017', 'MM/dd/YYYY', '2017-01-07'],
		['2017/01/07', 'YYYY/MM/dd', '2017-01-07'],
		['01/2017', 'MM/YYYY', '2017-01'],
		['07/01', 'dd/MM', '01-07'],
	])('the date %s, written as %s, is %s', (text, format, wanted) => {
		expect(isoDate(text, format)).toBe(wanted);
	});

	it.each([
		['23:05:59', 'HH:mm:ss', '23:05:59'],
		['23:05:59', 'hh:mm:ss', '23:05:59'],
		['23:05', 'HH:mm', '23:05:00'],
		['23:05', 'hh:mm', '23:05:00'],
		['05:59', 'mm:ss', '00:05:59'],
	])('the time %s, written as %s, is %s', (text, format, wanted) => {
		expect(isoTime(text, format)).toBe(wanted);
	});

	it('what does not look like its format stays as it is', () => {
		for (const text of [
			'',
			'7/1/2017',
			'07-01-2017',
			'2017/01/07',
			'yesterday',
			'07/01/20170',
			' 07/01/2017',
		]) {
			expect(isoDate(text, 'dd/MM/YYYY')).toBe(text);
			expect(isoTime(text, 'HH:mm')).toBe(text);
		}
		expect(isoDate('23:05', 'HH:mm')).toBe('23:05');
		expect(isoTime('07/01', 'dd/MM')).toBe('07/01');
	});

	it.each([undefined, '', 'dd.MM.YYYY', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
		'the unknown format %j changes nothing',
		(format) => {
			expect(isoDate('07/01/2017', format)).toBe('07/01/2017');
			expect(isoTime('23:05', format)).toBe('23:05');
		},
	);
});
