-- The locale that content is in unless it says otherwise, and the setting that names it. Strapi makes both when it
-- starts and finds no locale; where there is one it makes neither, so one without the other would be a database
-- without a default locale. A database that Strapi made has them already.
-- A statement ends with a semicolon at the end of a line, and nowhere else.

-- As the plugin admin makes it, which may be switched off.
CREATE TABLE IF NOT EXISTS `strapi_core_store_settings` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `key` varchar(255) DEFAULT NULL,
  `value` longtext DEFAULT NULL,
  `type` varchar(255) DEFAULT NULL,
  `environment` varchar(255) DEFAULT NULL,
  `tag` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

INSERT INTO `strapi_core_store_settings` (`key`, `value`, `type`)
SELECT 'plugin_i18n_default_locale', '"en"', 'string'
FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM `i18n_locale`)
  AND NOT EXISTS (SELECT 1 FROM `strapi_core_store_settings` WHERE `key` = 'plugin_i18n_default_locale');

INSERT INTO `i18n_locale` (`document_id`, `name`, `code`, `created_at`, `updated_at`, `published_at`)
SELECT CONCAT('l', LEFT(SHA2(UUID(), 256), 23)), 'English (en)', 'en', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)
FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM `i18n_locale`);
