import type { INodeProperties } from 'n8n-workflow';
import { DEPENDS_ON_PROJECT } from './actions/common.descriptions';

const displayOptions = { hide: { '/simplify': [false], '/joined': ['nested', 'flat'] } };

/** Members of `Options`: entries as points of a map. */
export const geoJsonOptions: INodeProperties[] = [
	{
		displayName: 'GeoJSON',
		name: 'geoJson',
		type: 'options',
		options: [
			{ name: 'One Feature per Item', value: 'features' },
			{ name: 'One Item with All Features', value: 'collection' },
		],
		default: 'features',
		description: 'What maps and geographic information systems read: each entry as a point',
		displayOptions,
	},
	{
		displayName: 'GeoJSON Location',
		name: 'location',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description: 'Which location question gives the points. Left empty, it is the first one.',
		typeOptions: { loadOptionsDependsOn: ['form.value', 'branch.value', ...DEPENDS_ON_PROJECT] },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'The first location question',
				typeOptions: {
					searchListMethod: 'searchLocations',
					searchable: true,
					skipCredentialsCheckInRLC: true,
				},
			},
			{ displayName: 'By Name or Ref', name: 'id', type: 'string', placeholder: 'e.g. 3_Where_is_it' },
		],
		displayOptions: { ...displayOptions, show: { geoJson: ['features', 'collection'] } },
	},
];
