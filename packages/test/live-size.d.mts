export declare const most: number;
export declare function liveSizes(): Promise<{ core: number; own: number; parts: { name: string; size: number }[] }>;
