import { autoName } from '../../sandbox/src/epicollect5/autoMapping';
import { csvField } from '../../sandbox/src/epicollect5/csvRows';
import { mysqlTime, phpDate } from '../../sandbox/src/epicollect5/dates';
import { formEncode, jsonString, phpFloat, slugify } from '../../sandbox/src/epicollect5/text';
import { titleMatcher } from '../../sandbox/src/epicollect5/titles';
import { toUtm } from '../../sandbox/src/epicollect5/utm';
import * as values from '../../sandbox/src/epicollect5/values';

describe('the server spells', () => {
	it.each([
		[51.504, -0.12, 5709807, 699872, '30U'],
		[-33.8688, 151.2093, 6250948, 334368, '56H'],
		[60.3913, 5.3221, 6700648, 297353, '32V'],
		[78.2232, 15.6267, 8683355, 514278, '33X'],
		[40.7128, -74.006, 4507350, 583959, '18T'],
		[-0.18, -78.47, 9980085, 781616, '17M'],
		[10, 180, 1106908, 171071, '1P'],
	])('%d, %d as UTM', (latitude, longitude, northing, easting, zone) => {
		expect(toUtm(latitude, longitude)).toEqual({ northing, easting, zone });
	});

	it.each([
		['What is your  name?', 2, '2_What_is_your_name'],
		['Où êtes-vous ?', 3, '3_O_tesvous_'],
		['日本語の質問', 4, '4_'],
		['a - b', 6, '6_a__b'],
		['A very long question text indeed', 12, '12_A_very_long_quest'],
		['  blanks around ', 7, '7_blanks_around'],
	])('the question %j as a column name', (question, number, name) => {
		expect(autoName(number, question)).toBe(name);
	});

	it.each([
		['EC5 API Test', 'ec5-api-test'],
		['ec5_api_test', 'ec5-api-test'],
		['EC5-Api-Test', 'ec5-api-test'],
		['Größe & Höhe!', 'grosse-hohe'],
		['--', ''],
		['✓', ''],
	])('the name %j as a slug', (name, slug) => {
		expect(slugify(name)).toBe(slug);
	});

	it.each([
		['plain', 'plain'],
		['two words', '"two words"'],
		['a,b', '"a,b"'],
		['say "hi"', '"say ""hi"""'],
		['back\\"q', '"back\\"q"'],
		['\\"","a', '"\\""",""a"'],
		['ends\\', '"ends\\"'],
		['line\nbreak', '"line\nbreak"'],
		['=SUM(A1)', '=SUM(A1)'],
		['', ''],
	])('the cell %j in CSV', (text, cell) => {
		expect(csvField(text)).toBe(cell);
	});

	it.each([
		[330295992.126551, '330295992.12655', '330295992.126551'],
		[2, '2', '2'],
		[0.1 + 0.2, '0.3', '0.30000000000000004'],
		[-0.000001, '-1.0E-6', '-1.0e-6'],
		[0.0001, '0.0001', '0.0001'],
		[1e25, '1.0E+25', '1.0e+25'],
		[123456789012345, '1.2345678901234E+14', '123456789012345'],
		[0, '0', '0'],
	])('the double %d', (value, csv, inJson) => {
		expect(phpFloat(value, 14, 'E')).toBe(csv);
		expect(phpFloat(value, 17, 'e')).toBe(inJson);
	});

	it('non-ASCII text escaped in JSON, slashes bare', () => {
		expect(jsonString('ä/"\\\n\u0001☃')).toBe('"\\u00e4/\\"\\\\\\n\\u0001\\u2603"');
	});

	it('file names in URLs as a form does', () => {
		expect(formEncode("a b~c'(1).jpg")).toBe('a+b%7Ec%27%281%29.jpg');
	});
});

describe('a filter date', () => {
	it.each([
		'2024-01-31',
		'2024-01-31 10:00:00',
		'2024-01-31T10:00:00.000Z',
		'2024-01-31T10:00:00+02:00',
		'2024-01-31T10:00:00.123456Z',
		'20240131',
		'01/31/2024',
		'@1700000000',
		'2024-01',
		'Jan 5 2024',
		'5 January 2024',
		'31-01-2024',
		'Wed, 31 Jan 2024 10:00:00 GMT',
		'2024-01-31 10:00 Europe/Berlin',
	])('is accepted as %j', (text) => expect(phpDate(text)).not.toBeNull());

	it.each([
		'yesterday',
		'now',
		'10:00',
		'2024',
		'1700000000',
		'2024-02-30',
		'2024-13-01',
		'31/01/2024',
		'2024-01-31T10:00:00 02:00',
		'garbage',
		'2024-01-31 foo',
		'2024-01-31 25:00',
	])('is refused as %j', (text) => expect(phpDate(text)).toBeNull());

	it('on one side is read by MySQL as typed, with its offset', () => {
		expect(mysqlTime('2024-01-31')).toBe(Date.UTC(2024, 0, 31));
		expect(mysqlTime('2024-01-31T10:00:00.000Z')).toBe(Date.UTC(2024, 0, 31, 10));
		expect(mysqlTime('2024-01-31 10:00:00.25')).toBe(Date.UTC(2024, 0, 31, 10) + 250);
		expect(mysqlTime('2024-01-31T10:00:00+02:00')).toBe(Date.UTC(2024, 0, 31, 8));
		for (const text of ['01/31/2024', '2024-01', '@1700000000', 'Jan 5 2024'])
			expect(mysqlTime(text)).toBeNull();
	});
});

describe('a stored answer', () => {
	it('comes out as the question type says', () => {
		expect(values.integerValue('007')).toBe(7);
		expect(values.integerValue('12.9')).toBe(12);
		expect(values.integerValue('abc')).toBe(0);
		expect(values.integerValue('99999999999999999999')).toBe(9223372036854775807n);
		expect(values.integerValue('')).toBe('');
		expect(values.decimalValue('1,5')).toBe(1);
		expect(values.decimalValue('x')).toBe(0);
		expect(values.textValue(2)).toBe(2);
		expect(values.textValue('ok 😀')).toBe('ok ?');
		expect(values.dateValue('2017-01-07T00:00:00.000Z', 'dd/MM/YYYY')).toBe('07/01/2017');
		expect(values.dateValue('2017-01-07T00:00:00.000Z', 'MM/dd/YYYY')).toBe('01/07/2017');
		expect(values.dateValue('2017-01-07T00:00:00.000Z', 'YYYY/MM/dd')).toBe('2017/01/07');
		expect(values.dateValue('2017-01-07T00:00:00.000Z', 'MM/YYYY')).toBe('01/2017');
		expect(values.dateValue('2017-01-07T00:00:00.000Z', 'dd/MM')).toBe('07/01');
		expect(values.dateValue('not a date', 'dd/MM/YYYY')).toBe('01/01/1970');
		expect(values.timeValue('1970-01-01T14:03:58.000Z', 'hh:mm:ss')).toBe('14:03:58');
		expect(values.timeValue('1970-01-01T14:03:58.000Z', 'hh:mm')).toBe('14:03');
		expect(values.timeValue('1970-01-01T14:03:58.000Z', 'mm:ss')).toBe('03:58');
		expect(values.choiceValue('gone', {})).toBe('');
		expect(values.choiceValues(['a', 'gone'], { a: { map_to: 'A' } })).toEqual(['A', '']);
		expect(values.choiceValues('', {})).toEqual([]);
	});

	it('of a location has UTM only when both coordinates are there and not zero', () => {
		const empty = { UTM_Northing: '', UTM_Easting: '', UTM_Zone: '' };
		expect(values.locationValue('')).toEqual({ latitude: '', longitude: '', accuracy: '', ...empty });
		expect(values.locationValue({ latitude: 0, longitude: 5, accuracy: 3 })).toMatchObject({
			latitude: 0,
			...empty,
		});
		expect(values.locationValue({ latitude: 51.504 })).toMatchObject({
			latitude: 51.504,
			longitude: '',
			...empty,
		});
	});
});

describe('a title filter', () => {
	it('ignores case and accents, and knows wildcards', () => {
		expect(titleMatcher('GROSSE')('grosse Sache')).toBe(true);
		expect(titleMatcher('senorio')('Río Señorío')).toBe(true);
		expect(titleMatcher('o_t')('Otter out')).toBe(true);
		expect(titleMatcher('a%z')('abc xyz')).toBe(true);
		expect(titleMatcher('50\\%')('50 km')).toBe(false);
		expect(titleMatcher('(')('a (b)')).toBe(true);
	});
});
