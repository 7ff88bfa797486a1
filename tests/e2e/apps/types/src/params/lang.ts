export const match = (value: string): value is 'de' | 'fr' => value === 'de' || value === 'fr';
