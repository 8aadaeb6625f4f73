/** Words of the demo data: a river survey. */

export const PLACES = [
	'Otter',
	'Kingfisher',
	'Alder',
	'Willow',
	'Mill',
	'North',
	'Lower',
	'Upper',
	'Heron',
	'Stony',
	'Black',
	'Silver',
	'Long',
	'Badger',
	'Ash',
	'Hazel',
	'Copper',
	'Swan',
	'Priory',
	'Bramble',
] as const;

export const FEATURES = [
	'Creek',
	'Pond',
	'Weir',
	'Bridge',
	'Meadow',
	'Ford',
	'Spring',
	'Reach',
	'Marsh',
	'Lock',
	'Brook',
	'Island',
] as const;

/** Names that have broken somebody's import before: accents, right-to-left, CJK, formulas, quotes, emoji. */
export const AWKWARD_NAMES = [
	'Größe Mühlbach',
	'Río Señorío',
	'Łódź przystań',
	'بحيرة الشمال',
	'נחל הירקון',
	'隅田川',
	'नदी तट',
	'=SUM(A1:A9) ditch',
	'+44 culvert',
	'@home pond',
	'O’Neill\'s "Old" Weir',
	'a, b; c\\"d',
	'🌊 Blue Reach',
] as const;

export const REGIONS = [
	'Northern Fells',
	'Vale of Avon',
	'Saltmarsh Coast',
	'High Moor',
	'Fenland',
	'Chalk Downs',
] as const;

export const PEOPLE = [
	'Ada Lindqvist',
	'Bo Okafor',
	'Carmen Ruiz',
	'Dev Patel',
	'Eilidh Fraser',
	'Farah Haddad',
	'Goro Tanaka',
	'Hana Novák',
	'Ines Moreau',
	'Jomo Wanjiru',
] as const;

export const EMAILS = [
	'ada.lindqvist@example.org',
	'bo.okafor@example.org',
	'carmen.ruiz@example.org',
	'dev.patel@example.org',
] as const;

export const TREES = [
	'Alnus glutinosa',
	'Salix alba',
	'Quercus robur',
	'Fraxinus excelsior',
	'Betula pendula',
	'Populus nigra',
	'Acer campestre',
] as const;

export const ANIMALS = [
	'Kingfisher',
	'Grey heron',
	'Dipper',
	'Otter',
	'Water vole',
	'Mute swan',
	'Grey wagtail',
	'Mallard',
	'Brown trout',
] as const;

export const NOTES = [
	'Clear water, gravel bed visible.',
	'Bank eroded on the inside of the bend.',
	'Algae along the left bank.\nReturn in two weeks.',
	'Access through the farm gate; ask first.',
	'Recent flood debris in the branches.',
	'Himalayan balsam spreading downstream.',
	'Litter collected, two bags.',
	'Fish rising below the weir.',
] as const;

export const MATERIALS = ['twigs', 'mud and grass', 'reed stems', 'moss', 'roots'] as const;
