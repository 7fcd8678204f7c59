// The tests share one lab and tell one story after another.
[assembly: NonParallelizable]
[assembly: Category("E2E")]
