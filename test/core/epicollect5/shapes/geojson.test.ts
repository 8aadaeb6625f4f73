import { featureCollection, featureMaker, type GeoJsonOptions } from '../../../../core/epicollect5/geojson';
import { readTidyPages } from '../../../../core/epicollect5/reading';
import { SLUG } from '../support/world';
import { ask, fill, hostOf, ref, worldOf } from './support';

async function features(world: ReturnType<typeof worldOf>, options: GeoJsonOptions = {}, branchRef?: string) {
	const { client, getProject } = hostOf(world);
	const pages = readTidyPages(client, { slug: SLUG, branchRef, ...options }, getProject, world.run());
	const all = [];
	for await (const { entries, fields } of pages) all.push(...entries.map(featureMaker(fields, options)));
	return all;
}

const places = () => [
	ask('1', 'text', 'Name'),
	ask('2', 'location', 'First'),
	ask('3', 'location', 'Second'),
	ask('4', 'photo', 'Photo'),
	ask('5', 'text', '__proto__'),
];
const at = (latitude: number, longitude: number) => ({ latitude, longitude, accuracy: 5 });

describe('GeoJSON', () => {
	it('has longitude first, and null where there is no location', async () => {
		const world = worldOf(places(), 'private');
		const { uuid } = fill(world, { 1: 'Pond', 2: at(51.5, -0.12), 3: at(1, 2), 4: 'x.jpg' });
		fill(world, { 3: at(1, 2) });
		const [first, second] = await features(world);
		expect(first).toEqual({
			type: 'Feature',
			id: uuid,
			geometry: { type: 'Point', coordinates: [-0.12, 51.5] },
			properties: expect.objectContaining({
				ec5_uuid: uuid,
				'1_Name': 'Pond',
				'2_First_latitude': 51.5,
				'2_First_accuracy': 5,
				'3_Second_longitude': 2,
				'4_Photo_name': 'x.jpg',
				'4_Photo_url': null,
			}) as unknown,
		});
		expect(second?.geometry).toBeNull();
		expect(featureCollection([first!])).toEqual({ type: 'FeatureCollection', features: [first] });
		expect(Object.getPrototypeOf(first?.properties)).toBe(Object.prototype);
	});

	it.each(['3_Second', ref('3')])('shows another location on request: %s', async (location) => {
		const world = worldOf(places());
		fill(world, { 2: at(51.5, -0.12), 3: at(1, 2) });
		expect((await features(world, { location }))[0]?.geometry?.coordinates).toEqual([2, 1]);
	});

	it('refuses a location question that is none, with those that are', async () => {
		const world = worldOf(places());
		fill(world, {});
		await expect(features(world, { location: '1_Name' })).rejects.toMatchObject({
			...{ kind: 'input', field: 'Location Question', hint: 'Choose one of: 2_First, 3_Second.' },
		});
		const bare = worldOf([ask('1', 'text', 'Name')]);
		fill(bare, {});
		await expect(features(bare, { location: 'x' })).rejects.toMatchObject({
			hint: 'This form or branch has none.',
		});
		expect((await features(bare))[0]?.geometry).toBeNull();
	});

	it('names branch entries by their own ID, and has UTM on request', async () => {
		const world = worldOf([ask('1', 'branch', 'B', { branch: [ask('11', 'location', 'Where')] })]);
		const { uuid } = world.upload({
			branchRef: ref('1'),
			answers: { [ref('11')]: { answer: at(51.504, -0.12) } },
		});
		expect(await features(world, { utm: true }, ref('1'))).toMatchObject([
			{ id: uuid, properties: { '2_Where_zone': '30U', '2_Where_easting': 699872 } },
		]);
	});

	it('has no point for a value that is no location', () => {
		const make = featureMaker([{ name: 'w', type: 'location', ref: 'w' }]);
		for (const w of [null, 'x', ['x'], { name: 'n', type: 'photo', url: null }]) {
			expect(make({ ec5_uuid: 'u', w }).geometry).toBeNull();
		}
	});
});
