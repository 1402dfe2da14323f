-- The PostgreSQL search adapter's own tables; replaced by whoever writes that adapter.
SELECT 1; -- the driver refuses an empty script
